import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

/// Thousands of damaged answers, by seed: whatever yields counts must be an answer that another reader takes for good,
/// with the same counts.
@Suite(.timeLimit(.minutes(3)))
struct GeneratedBodyTests {
    private static let each = 1_500
    private static let seeds: [UInt64] = [1, 2, 3]

    /// Both counts from the same body, so that one body decides; nil for anything but counts.
    static func prometheus(_ body: [UInt8]) -> ArmReading? {
        do throws(MetricError) {
            let answer = try PromAnswer(instant: body, status: 200, at: noon, isSum: true)
            let counts = PromCounts(
                indicator: shopIndicator, countsBad: false, window: .seconds(60), warnings: answer.warnings)
            let value = answer.values.values.first
            return counted(counts.reading(part: value, total: value))
        } catch { return nil }
    }

    private static func counted(_ reading: ArmReading) -> ArmReading? {
        switch reading {
        case .counts(let counts), .partial(let counts, _): counts.total > 0 ? reading : nil
        case .noData, .error: nil
        }
    }

    @Test(arguments: seeds)
    func damagedAnswersOfPrometheusNeverYieldWrongCounts(seed: UInt64) {
        var mutator = Mutator(seed: seed)
        var accepted = 0
        for _ in 0..<Self.each {
            let body = mutator.changed(mutator.one(of: Self.promBodies))
            guard let reading = Self.prometheus(body) else { continue }
            accepted += 1
            let truth = PromOracle.count(body)
            #expect(truth != nil && reading == truth, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
        }
        #expect(accepted > 0)
        #expect(accepted < Self.each / 2)
    }

    private static let promBodies = [
        PromBodies.sum("90"), PromBodies.sum("1234.75"), PromBodies.sum("9e1"), PromBodies.sum("7", warnings: ["w"]),
        PromBodies.two, PromBodies.empty, PromBodies.error("timeout", "late"), PromBodies.sum("NaN"),
    ]

    @Test(arguments: seeds)
    func damagedDocumentsNeverYieldWrongCounts(seed: UInt64) {
        var mutator = Mutator(seed: seed)
        var accepted = 0
        let bodies = Self.documents
        for _ in 0..<Self.each {
            let body = mutator.changed(mutator.one(of: bodies))
            let reading: ArmReading
            do throws(MetricError) {
                reading = try CountDocument.reading(body, good: "/counts/good", total: "/counts/total", of: "a")
            } catch { continue }
            guard case .some = Self.counted(reading) else { continue }
            accepted += 1
            #expect(
                DocumentOracle.isRight(reading, body), "seed \(seed): \(String(decoding: body, as: UTF8.self))")
        }
        #expect(accepted > 0)
    }

    private static let documents = [
        #"{"counts":{"good":90,"total":100}}"#, #"{"counts":{"good":90.0,"total":1e2},"warnings":[]}"#,
        #"{"x":[1,2,{"a":null}],"counts":{"total":7,"good":7}}"#, #"{"counts":{"good":-1,"total":100}}"#,
        #"{"counts":{"good":"90","total":100}}"#, #"{"counts":{"good":1,"total":2},"warnings":["w"]}"#,
    ]

    @Test(arguments: seeds)
    func damagedPagesNeverYieldWrongCounts(seed: UInt64) {
        var mutator = Mutator(seed: seed)
        var accepted = 0
        for _ in 0..<Self.each {
            let body = mutator.changed(mutator.one(of: Self.pages))
            guard let values = try? PrometheusPage.counters([requestCounter], in: body),
                let series = values.first?.series
            else { continue }
            guard !series.isEmpty else { continue }
            accepted += 1
            let sum = series.reduce(0) { $0 + $1.count }
            #expect(PageOracle.sum(body) == sum, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
        }
        #expect(accepted > 0)
    }

    private static let pages = [
        BadPage.good, "requests_total 90\ngood_total 9\n", "requests_total{a=\"x\",b=\"y\"} 5e1 1763640000000\n# EOF\n",
        "# TYPE requests counter\nrequests_total{pod=\"a\"} 1.0\nrequests_total{pod=\"b\"} 2\n",
    ]

    @Test func thereAreTenThousandBodiesAndMore() {
        #expect(3 * Self.seeds.count * Self.each >= 10_000)
    }
}

/// Damages bytes: flips, cuts, repeats, exchanges, and puts in words that mean something elsewhere.
private struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ (word >> 31)) % UInt64(max(limit, 1)))
    }

    mutating func one(of texts: [String]) -> String { texts[below(texts.count)] }

    private static let words = [
        "NaN", "+Inf", "-1", "1e999", "\"", "{", "}", "[", "]", ",", ":", "null", "0", "9", ".", "e", "\\", "\n", " ",
        "\"value\"", "\"status\":\"error\",", "\"warnings\":[\"x\"],", "\u{0}", "\u{FEFF}", "#", "<html>", "\\u0000",
        "requests_total 7\n", "# EOF\n", "\"good\":1,", "success", "\r\n", "1763640000",
    ]

    mutating func changed(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0...below(3) {
            let place = below(bytes.count + 1)
            switch below(7) {
            case 0 where place < bytes.count: bytes[place] ^= UInt8(1 << below(8))
            case 1: bytes.removeLast(min(below(20), bytes.count))
            case 2 where place < bytes.count: bytes.removeSubrange(place..<min(place + 1 + below(9), bytes.count))
            case 3: bytes.insert(contentsOf: Self.words[below(Self.words.count)].utf8, at: place)
            case 4 where place < bytes.count:
                bytes.insert(contentsOf: bytes[place..<min(place + 1 + below(30), bytes.count)], at: place)
            case 5 where !bytes.isEmpty: bytes.swapAt(below(bytes.count), below(bytes.count))
            default: if place < bytes.count { bytes[place] = UInt8(below(256)) }
            }
        }
        return bytes
    }
}

/// Another reader of Prometheus' answer: Foundation's.
private enum PromOracle {
    static func count(_ body: [UInt8]) -> ArmReading? {
        guard let json = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
            json["status"] as? String == "success", json["error"] == nil,
            let data = json["data"] as? [String: Any], data["resultType"] as? String == "vector",
            let result = data["result"] as? [[String: Any]], result.count == 1,
            (result[0]["metric"] as? [String: Any])?.isEmpty == true,
            let pair = result[0]["value"] as? [Any], pair.count == 2,
            let time = pair[0] as? Double, abs(time - noon.seconds) <= 0.002,
            let text = pair[1] as? String, let value = Double(text), value.isFinite, value >= 0
        else { return nil }
        let warnings = json["warnings"] as? [String] ?? []
        guard json["warnings"] == nil || json["warnings"] is [String] || json["warnings"] is NSNull else { return nil }
        guard let count = GoodTotal(good: Int64(value.rounded()), total: Int64(value.rounded())) else { return nil }
        guard let warning = warnings.first else { return .counts(count) }
        return .partial(count, "Prometheus warns: \(warning.isEmpty ? "unnamed" : warning.sentence())")
    }
}

private enum DocumentOracle {
    static func isRight(_ reading: ArmReading, _ body: [UInt8]) -> Bool {
        guard let json = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
            let counts = json["counts"] as? [String: Any], let good = counts["good"] as? Double,
            let total = counts["total"] as? Double
        else { return false }
        let isWarned = (json["warnings"] as? [Any])?.isEmpty == false
        switch reading {
        case .counts(let read): return !isWarned && Double(read.good) == good && Double(read.total) == total
        case .partial(let read, _): return isWarned && Double(read.good) == good && Double(read.total) == total
        case .noData, .error: return true
        }
    }
}

/// Another reader of a page, by lines and spaces: the sum of all requests.
private enum PageOracle {
    static func sum(_ body: [UInt8]) -> Double? {
        var sum = 0.0
        for line in String(decoding: body, as: UTF8.self).split(separator: "\n") {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard line.hasPrefix("requests_total") else { continue }
            var rest = line.dropFirst("requests_total".count)
            guard let next = rest.first, [" ", "\t", "{"].contains(next) else { continue }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            if rest.first == "{" {
                guard let end = rest.lastIndex(of: "}") else { return nil }
                rest = rest[rest.index(after: end)...]
            }
            guard let word = rest.split(whereSeparator: { $0 == " " || $0 == "\t" }).first, let value = Double(word)
            else { return nil }
            sum += value
        }
        return sum
    }
}
