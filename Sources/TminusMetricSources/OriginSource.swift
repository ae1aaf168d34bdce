package import TminusModel
package import TminusPorts

/// Asks whichever origin a question names.
package struct OriginSource: CountSource {
    /// Slices one question may have.
    package static let slicesMax = 200_000

    private let environment: [Variable]
    private let memory = SliceMemory()

    /// `environment` is what commands start from: `PATH`, `HOME` and `LANG`.
    package init(environment: [Variable]) {
        self.environment = environment
    }

    package func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        try check(question)
        switch question.origin {
        case .pages: throw Self.pages
        case .prometheus(let url, let armLabel, let access):
            return try await PrometheusSource(url: url, armLabel: armLabel, access: access).counts(question)
        case .sqlite(let path): return try await SQLiteSource(path: question.absolute(path)).counts(question)
        case .postgres(let connection, let password):
            return try await PostgresSource(connection: connection, password: password).counts(question)
        case .json(let url, let access):
            return try await JSONSource(url: url, access: access, memory: memory).counts(question)
        case .command(let command):
            return try await CommandSource(command: command, environment: environment, memory: memory)
                .counts(question)
        }
    }

    package func durations(
        _ question: CountQuestion, _ wanted: JudgingRule.Durations
    ) async throws(MetricError) -> (reading: ArmReading, durations: DurationGrowth?) {
        try check(question)
        switch question.origin {
        case .pages: throw Self.pages
        case .prometheus(let url, let armLabel, let access):
            return try await PrometheusSource(url: url, armLabel: armLabel, access: access).durations(question, wanted)
        case .sqlite, .postgres, .json, .command:
            throw MetricError(.refused, "this origin keeps no durations; use a histogram of pages or of Prometheus")
        }
    }

    package func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? {
        try check(question)
        switch question.origin {
        case .pages: throw Self.pages
        case .prometheus(let url, let armLabel, let access):
            return try await PrometheusSource(url: url, armLabel: armLabel, access: access).observed(question)
        case .sqlite(let path): return try await SQLiteSource(path: question.absolute(path)).observed(question)
        case .postgres(let connection, let password):
            return try await PostgresSource(connection: connection, password: password).observed(question)
        // Neither can be asked what it has not seen.
        case .json, .command: return nil
        }
    }

    private static let pages = MetricError(.refused, "a page says only where its counters stand now")

    /// Milliseconds: further from 1970 than any question may be.
    private static let timeMax: Int64 = 9_000_000_000_000_000

    /// What no source can answer, refused before any arithmetic with it.
    private func check(_ question: CountQuestion) throws(MetricError) {
        guard question.slices >= 1, question.slices <= Self.slicesMax else {
            throw MetricError(.refused, "\(question.slices) slices; a question has 1 to \(Self.slicesMax)")
        }
        let length = question.slice.milliseconds
        guard length >= 1, length <= Duration.longestMilliseconds else {
            throw MetricError(.refused, "a slice of \(question.slice.releaseText), which is no length")
        }
        let bounds = [question.from.millisecondsSinceEpoch, question.to.millisecondsSinceEpoch]
        guard bounds.allSatisfy({ $0 > -Self.timeMax && $0 < Self.timeMax }) else {
            throw MetricError(.refused, "the time asked about is out of range")
        }
        guard question.timeout.milliseconds >= 1 else { throw MetricError(.timeout, "no time to answer in") }
    }
}

extension CountQuestion {
    fileprivate func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
}
