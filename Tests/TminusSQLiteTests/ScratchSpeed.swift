import Foundation
import Glibc
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite(.serialized) struct ScratchSpeed {
    func rss() -> String {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix("RssAnon") || $0.hasPrefix("VmHWM") }.joined(separator: " ")
    }

    @Test func a_encode() throws {
        let plan = SmallJournal.plan(steps: 1000)
        let names = StepNames(plan)
        let bodies: [Event.Body] = [
            .attemptStarting(AttemptID(step: 5)),
            .attemptEnded(AttemptID(step: 5), AttemptResult(end: .exited(0), outputs: [], note: nil, elapsed: .milliseconds(3))),
            .stepSucceeded(step: 5),
        ]
        let clock = ContinuousClock()
        var total = 0
        let time = clock.measure {
            for i in 0..<100_000 { total += Event(sequence: i + 1, at: Instant(millisecondsSinceEpoch: 1_700_000_000_000), body: bodies[i % 3]).json(names).bytes.count }
        }
        print("ENCODE per event", time / 100_000, total)
        let lines = bodies.map { Event(sequence: 1, at: Instant(millisecondsSinceEpoch: 1_700_000_000_000), body: $0).json(names).line }
        let time2 = try clock.measure {
            for i in 0..<100_000 { _ = try Event(json: JSON(parsing: lines[i % 3]), names: names) }
        }
        print("DECODE per event", time2 / 100_000)
    }

    @Test func b_append() async throws {
        let small = try SmallJournal()
        let plan = SmallJournal.plan(steps: 1000)
        try await small.journal.append([SmallJournal.submitted(plan: plan)])
        let clock = ContinuousClock()
        var seq = 1
        for size in [1, 3, 8, 24] {
            let start = clock.now
            let rounds = 1000
            for _ in 0..<rounds {
                let bodies = (0..<size).map { Event.Body.attemptStarting(AttemptID(step: $0)) }
                try await small.journal.append([SmallJournal.batch(after: seq, bodies, plan: plan)])
                seq += size
            }
            let t = start.duration(to: clock.now)
            print("APPEND", size, "events each:", t / rounds, "per append")
        }
        let file = open(small.folder.path("raw"), O_CREAT | O_RDWR, 0o600)
        let start = clock.now
        let page = [UInt8](repeating: 1, count: 8240)
        for _ in 0..<1000 { _ = page.withUnsafeBytes { Glibc.write(file, $0.baseAddress, 8240) }; fdatasync(file) }
        print("RAW write+fdatasync", start.duration(to: clock.now) / 1000)
    }

    @Test func c_large() async throws {
        print("BEFORE", rss())
        let small = try SmallJournal()
        do {
            let plan = SmallJournal.plan(steps: 10_000)
            print("PLAN", rss())
            let clock = ContinuousClock()
            var bytes = 0
            let t = clock.measure { bytes = plan.json.bytes.count }
            print("PLAN JSON", t, bytes, rss())
            let t2 = try await clock.measure { try await small.journal.append([SmallJournal.submitted(plan: plan)]) }
            print("PLAN APPEND", t2, rss())
        }
        try small.journal.close()
        let again = try SQLiteJournal(path: small.path, version: "0.1.0")
        let clock = ContinuousClock()
        let t3 = try await clock.measure { _ = try await again.events(of: SmallJournal.run, after: 0, limit: 9) }
        print("PLAN READ", t3, rss())
    }

    @Test func d_samples() async throws {
        let folder = try ScratchFolder()
        let samples = try SQLiteSamples(path: folder.path("m.sqlite"), version: "0")
        let sel = CounterSelector(metric: "r", labels: [Variable(name: "a", value: "b")])
        let clock = ContinuousClock()
        let n = 20_000
        let t = try await clock.measure {
            for i in 0..<n {
                try await samples.append(Scrape(endpoint: "http://x", at: Instant(millisecondsSinceEpoch: Int64(i) * 10_000), values: [CounterValue(selector: sel, series: [.init(identity: "a=b", count: Double(i)), .init(identity: "a=c", count: Double(i))])]))
            }
        }
        let t2 = try await clock.measure { _ = try await samples.scrapes(of: "http://x", from: .distantPast, to: .distantFuture) }
        let size = try FileManager.default.attributesOfItem(atPath: folder.path("m.sqlite"))[.size] ?? 0
        print("SAMPLES append", t / n, "read all", n, t2, "bytes", size)
    }
}

@Suite struct ScratchTmpfs {
    @Test func full() async throws {
        guard let root = ProcessInfo.processInfo.environment["SCRATCH_TMPFS"] else { return }
        let ballast = Ballast(folder: root, freeBytesMin: 1 << 20)
        let journal = try SQLiteJournal(path: root + "/journal.sqlite", version: "0", ballast: ballast)
        print("TMPFS ballast", ballast.exists)
        try await journal.append([SmallJournal.submitted()])
        var sequence = 1
        var released = 0
        var refused: StoreError?
        while refused == nil {
            let batch = SmallJournal.batch(after: sequence, [.stepSkipped(step: 0, reason: String(repeating: "x", count: 20000))])
            refused = await failure { () throws(StoreError) in try await journal.append([batch]) }
            if refused == nil { sequence += 1 }
            if released == 0, !ballast.exists { released = sequence; print("TMPFS released at", sequence) }
        }
        print("TMPFS refused", refused.debugDescription, "at", sequence)
        try await journal.verify(SmallJournal.run)
        let n = await failure { () throws(StoreError) in try await journal.append([SmallJournal.submitted("new")]) }
        print("TMPFS new run", n.debugDescription)
        try FileManager.default.removeItem(atPath: root + "/filler")
        try await journal.append([SmallJournal.batch(after: sequence, [.runEnded(outcome: .failed, reason: "x")], status: .ended(.failed))])
        try await journal.append([SmallJournal.submitted("new")])
        print("TMPFS recovered", ballast.exists)
        try journal.close()
    }
}
