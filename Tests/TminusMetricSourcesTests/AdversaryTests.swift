import Glibc
import RawHTTP
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

/// No answer but a good one ever yields counts.
@Suite(.timeLimit(.minutes(3)))
struct AdversaryTests {
    private static let goodDocument = #"{"counts":{"good":90,"total":100}}"#

    private func check(_ answer: BadAnswer, _ question: CountQuestion) async {
        let begun = ContinuousClock.now
        do throws(MetricError) {
            let readings = try await OriginSource(environment: plainEnvironment).counts(question)
            for reading in readings {
                switch reading {
                case .noData, .error: break
                case .counts, .partial: Issue.record("\(answer.name) gave \(reading)")
                }
            }
        } catch {
            if answer.outcome == .late { #expect(error.code == .timeout, "\(error)") }
        }
        #expect(ContinuousClock.now - begun < question.timeout + .seconds(15), "\(answer.name)")
    }

    private func timeout(_ answer: BadAnswer) -> Duration {
        answer.outcome == .late ? .milliseconds(250) : .seconds(20)
    }

    @Test(arguments: BadAnswer.all)
    func aBadAnswerToPrometheusNeverYieldsCounts(answer: BadAnswer) async throws {
        let server = try RawServer { connection in
            _ = connection.body()
            answer.behaviour(connection, BadPromBody.good)
        }
        await check(
            answer, .about(.prometheus(url: server.base, armLabel: nil, access: nil), timeout: timeout(answer)))
    }

    @Test(arguments: BadAnswer.all)
    func aBadDocumentNeverYieldsCounts(answer: BadAnswer) async throws {
        let server = try RawServer { answer.behaviour($0, Self.goodDocument) }
        await check(answer, .about(.json(url: server.url, access: nil), JSONBench.indicator, timeout: timeout(answer)))
    }

    @Test func aBadShapeOfPrometheusNeverYieldsCounts() throws {
        for (name, body) in BadPromBody.all {
            #expect(body != BadPromBody.good, "\(name)")
            let reading = GeneratedBodyTests.prometheus(Array(body.utf8))
            if case .some(let counts) = reading { Issue.record("\(name) gave \(counts)") }
        }
    }

    @Test func thereAreEnoughBadAnswersWithDistinctNames() {
        let names = BadAnswer.all.map(\.name) + BadPromBody.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(BadAnswer.all.count >= 40)
        #expect(names.count >= 100)
    }

    @Test func aSecretThatTheServerRepeatsIsNotInTheError() async throws {
        setenv("TMINUS_TEST_TOKEN", "hunter2hunter2", 1)
        let server = try RawServer { connection in
            let token = connection.head.split(separator: "\r\n").first { $0.hasPrefix("Authorization") } ?? ""
            connection.answer("422 No", body: PromBodies.error("execution", "who is \(token)?"))
        }
        let access = MetricAccess.bearer(.environment("TMINUS_TEST_TOKEN"))
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                .about(.prometheus(url: server.base, armLabel: nil, access: access)))
            Issue.record("it was read")
        } catch {
            #expect(
                error.description
                    == "\(server.base): Prometheus says execution: who is Authorization: Bearer ***?")
        }
    }

    @Test func aRedirectIsNotFollowedAndTheSecretGoesNowhereElse() async throws {
        setenv("TMINUS_TEST_TOKEN", "hunter2hunter2", 1)
        let other = try RawServer { _ in Issue.record("the redirect was followed") }
        let server = try RawServer {
            $0.answer("302 Found", ["Location: \(other.base)/"], body: "")
        }
        do throws(MetricError) {
            _ = try await OriginSource(environment: []).counts(
                .about(
                    .json(url: server.url, access: .bearer(.environment("TMINUS_TEST_TOKEN"))), JSONBench.indicator))
            Issue.record("it was read")
        } catch {
            #expect(
                error
                    == MetricError(
                        .refused,
                        "\(server.url): answered 302 instead of 200; redirects are not followed, "
                            + "so name the final address"
                    ))
        }
    }
}
