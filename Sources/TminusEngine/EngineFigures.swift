internal import TminusModel

/// What the engine counts about itself since it started; the server renders it as `/metrics`.
package struct EngineFigures: Equatable, Sendable {
    /// In the order of `RunOutcome.allCases`.
    package internal(set) var runsEnded = [Int](repeating: 0, count: RunOutcome.allCases.count)
    package internal(set) var runsSubmitted = 0
    /// Now, the waiting ones included.
    package internal(set) var runsLive = 0
    package internal(set) var attemptsStarted = 0
    package internal(set) var attemptsAdopted = 0
    package internal(set) var attemptsEnded = 0
    package internal(set) var appends = 0
    package internal(set) var appendsFailed = 0
    package internal(set) var events = 0
    /// Appends by how many events they held, cumulative, for the limits in `batchLimits`; the last counts all.
    package internal(set) var appendsByBatch = [Int](repeating: 0, count: batchLimits.count + 1)
    /// Runs folded again after the journal refused.
    package internal(set) var runsTakenUpAgain = 0
    package internal(set) var commands = 0
    package internal(set) var scrapes = 0
    package internal(set) var scrapeErrors = 0
    package internal(set) var pagesDelivered = 0
    package internal(set) var pageTriesFailed = 0
    package internal(set) var pagesGivenUp = 0
    /// Now: pages that are still tried.
    package internal(set) var pagesDue = 0

    /// Now, by service.
    package internal(set) var alerts: [AlertStanding] = []

    package static let batchLimits = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

    package init() {}

    mutating func countAppend(events count: Int) {
        appends += 1
        events += count
        for (position, limit) in Self.batchLimits.enumerated() where count <= limit { appendsByBatch[position] += 1 }
        appendsByBatch[Self.batchLimits.count] += 1
    }

    mutating func countEnd(_ outcome: RunOutcome) {
        if let position = RunOutcome.allCases.firstIndex(of: outcome) { runsEnded[position] += 1 }
    }
}
