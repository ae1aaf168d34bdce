import TminusModel
import TminusPorts

/// Asks an address that answers with a JSON document: one GET for each slice, some at once.
struct JSONSource: Sendable {
    /// Slices of one question, enough for 30 days of minutes: each is a request, once.
    static let slicesMax = 50_000
    static let requestsAtOnce = 8

    let url: String
    let address: Address
    let access: MetricAccess?
    let memory: SliceMemory

    init(url: String, access: MetricAccess?, memory: SliceMemory = SliceMemory()) throws(MetricError) {
        self.memory = memory
        address = try Address(withAccess: url, example: "https://shop.example/slo.json")
        self.url = url
        self.access = access
    }

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        let places: (good: String, total: String)
        switch question.indicator.counting {
        case .document(let good, let total): places = (good, total)
        case .asked: places = ("/good", "/total")
        case .counters, .failures, .latency, .promQL, .sql, .requestLogs, .journey:
            throw MetricError(
                .refused,
                "\(question.indicator.name) is not counted in a way that a JSON document can answer; "
                    + "name json: {good, total}")
        }
        let shown: (header: String, secret: String)?
        do throws(MetricError) { shown = try access?.authorization() } catch {
            throw MetricError(error.code, "\(address.shown): \(error.description)")
        }
        return try await question.sliced(
            limit: Self.slicesMax, atOnce: Self.requestsAtOnce, memory: memory, name: .init(url, question)
        ) {
            (from, to) throws(MetricError) in
            do throws(MetricError) {
                return try await ask(question, places, shown?.header, from, to)
            } catch {
                throw MetricError(error.code, error.description.hiding(shown?.secret))
            }
        }
    }

    private func ask(
        _ question: CountQuestion, _ places: (good: String, total: String), _ authorization: String?, _ from: Instant,
        _ to: Instant
    ) async throws(MetricError) -> ArmReading {
        let query = FormText.encoded([
            "from": from.epochText, "to": to.epochText, "arm": question.arm, "indicator": question.indicator.name,
            "service": question.service,
        ])
        let request = WebRequest(
            url: url + (url.contains("?") ? "&" : "?") + query, accept: "application/json",
            authorization: authorization)
        let answer = try await Web.ask(request, at: address, timeout: question.timeout)
        do throws(MetricError) {
            guard answer.status == 200 else {
                throw MetricError(.refused, "answered \(answer.status) instead of 200\(Web.hint(answer.status))")
            }
            return try CountDocument.reading(
                answer.body, good: places.good, total: places.total, of: question.indicator.name)
        } catch {
            throw MetricError(error.code, "\(address.shown): \(error.description)")
        }
    }
}

extension CountQuestion {
    /// Asks for each slice that is not remembered, some at once; the readings in order. What was answered before an
    /// error is remembered, so that asking again goes on from there.
    ///
    /// - Throws: the first error, in the order of time, or `.refused` for more slices than `limit`.
    func sliced(
        limit: Int, atOnce: Int, memory: SliceMemory, name: SliceMemory.Name,
        _ ask: @escaping @Sendable (Instant, Instant) async throws(MetricError) -> ArmReading
    ) async throws(MetricError) -> [ArmReading] {
        if slices == 1 { return [try await ask(from, to)] }
        guard slices <= limit else {
            throw MetricError(
                .refused,
                "\(slices) slices are more than the \(limit) that can be asked one by one; "
                    + "use longer slices, or another source")
        }
        let answers = await withTaskGroup(of: (Int, Result<ArmReading, MetricError>).self) { group in
            var answers: [Result<ArmReading, MetricError>?] = (0..<slices).map { index in
                memory.counts(name, from: begin(index)).map { .success(.counts($0)) }
            }
            var next = 0
            var isFailed = false
            func add() {
                while next < slices, answers[next] != nil { next += 1 }
                guard next < slices, !isFailed else { return }
                let (index, begin, end) = (next, begin(next), begin(next + 1))
                next += 1
                group.addTask {
                    do throws(MetricError) { return (index, .success(try await ask(begin, end))) } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for _ in 0..<atOnce { add() }
            while let (index, answer) = await group.next() {
                answers[index] = answer
                if case .failure = answer { isFailed = true }
                add()
            }
            return answers
        }
        let known = answers.enumerated().compactMap { index, answer -> (from: Instant, reading: ArmReading)? in
            guard case .success(let reading) = answer else { return nil }
            return (begin(index), reading)
        }
        memory.keep(name, known, settledBy: to.advanced(by: .zero - SliceMemory.settledAge))
        var readings: [ArmReading] = []
        for answer in answers {
            if let answer { readings.append(try answer.get()) }
        }
        guard readings.count == slices else { throw MetricError(.timeout, "not every slice was asked") }
        return readings
    }
}
