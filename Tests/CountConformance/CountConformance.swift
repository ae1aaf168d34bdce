import TminusModel
package import TminusPorts

/// What can be seen of an interval: the rows of the matrix of missing data.
package enum Observation: String, Sendable, CaseIterable {
    /// 90 good of 100.
    case counted
    /// Nothing was asked of the service: 0 of 0.
    case noTraffic
    /// The place answers, and has nothing to say of the indicator.
    case nothing
    /// Only what is good is missing.
    case goodMissing
    /// Failures are counted, and there never was one; the total is 100.
    case failuresMissing
    /// 90 of 100, and a warning that not everything was seen.
    case warned
    case unreachable
    /// The place says that it failed.
    case refused
    /// No answer in time.
    case late
    /// An answer of two rows or series where one is expected.
    case twofold
    case notANumber
    case infinite
    case negative
    /// More good than there are in total.
    case tooGood
    /// Text where a number belongs.
    case text
    /// The answer was cut off.
    case cut
    /// Another version is asked for than the place can tell apart.
    case unknownArm
}

/// A source in a state of its test's choosing.
package protocol CountBench: Sendable {
    var source: any CountSource { get }

    /// A question about one slice to a place in that state; nil when this kind of place can't be in it.
    func question(about observation: Observation) async throws -> CountQuestion?
}

/// A source did not do what every source must.
package struct CountFailure: Error, CustomStringConvertible {
    package let description: String
}

/// What every source of counts does.
package enum CountConformance {
    /// How much later than its time limit a source may give up.
    private static let lateness: Duration = .seconds(60)

    /// Checks one row of the matrix. False when the source can't be in that state.
    ///
    /// - Throws: `CountFailure`.
    @discardableResult
    package static func check(_ observation: Observation, _ bench: any CountBench) async throws -> Bool {
        guard let question = try await bench.question(about: observation) else { return false }
        let begun = ContinuousClock.now
        let answer: Result<[ArmReading], MetricError>
        do throws(MetricError) {
            answer = .success(try await bench.source.counts(question))
        } catch {
            answer = .failure(error)
        }
        let took = ContinuousClock.now - begun
        guard took <= question.timeout + lateness else {
            throw CountFailure(description: "\(observation.rawValue): took \(took)")
        }
        if case .success(let readings) = answer, readings.count != 1 {
            throw CountFailure(description: "\(observation.rawValue): \(readings.count) readings of one slice")
        }
        guard isRight(answer, observation) else {
            throw CountFailure(description: "\(observation.rawValue): \(answer)")
        }
        return true
    }

    private static func isRight(_ answer: Result<[ArmReading], MetricError>, _ observation: Observation) -> Bool {
        let reading: ArmReading? = if case .success(let readings) = answer { readings.first } else { nil }
        let code: MetricError.Code? = if case .failure(let error) = answer { error.code } else { nil }
        switch observation {
        case .counted: return reading == GoodTotal(good: 90, total: 100).map(ArmReading.counts)
        case .noTraffic: return reading == .counts(.none)
        case .nothing, .goodMissing:
            if case .noData = reading { return true }
            return false
        case .failuresMissing: return reading == GoodTotal(good: 100, total: 100).map(ArmReading.counts)
        case .warned:
            guard case .partial(let counts, let why) = reading else { return false }
            return counts == GoodTotal(good: 90, total: 100) && !why.isEmpty
        case .unreachable: return code == .unreachable
        case .refused: return code == .refused
        case .late: return code == .timeout
        case .unknownArm: return code == .refused
        case .twofold, .notANumber, .infinite, .negative, .tooGood, .text, .cut:
            if case .error = reading { return true }
            return code != nil
        }
    }
}
