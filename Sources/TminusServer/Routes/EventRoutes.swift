import Hummingbird
import NIOCore
import TminusAPI
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

/// `/v1/runs/:run/events` and `/v1/runs/:run/export`: a run's journal as JSON lines.
struct EventRoutes {
    let parts: ControlParts

    /// While nothing happens an empty line goes out this often: it finds out whether the reader is still there.
    private static let heartbeat = Duration.seconds(10)
    private static let batchMax = 500

    func add(to router: Router<ControlContext>) {
        router.get("/v1/runs/:run/events") { request, context in
            let run = try context.parameters.require("run")
            let after = try request.number("after", in: 0...Int.max, default: 0)
            let follows = request.text("follow") == "true"
            let names = StepNames(try await parts.engine.state(of: run).plan)
            return Answers.stream("application/x-ndjson") { writer in
                if follows {
                    try await follow(run, after, names, &writer)
                } else {
                    try await replay(run, after, names, &writer)
                }
                try await writer.finish(nil)
            }
        }
        router.get("/v1/runs/:run/export") { _, context in
            let run = try context.parameters.require("run")
            _ = try await parts.engine.summary(of: run)
            return Answers.stream("application/x-ndjson") { writer in
                try await export(run, &writer)
                try await writer.finish(nil)
            }
        }
    }

    private func replay(
        _ run: String, _ after: Int, _ names: StepNames, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var place = after
        while true {
            let events = try await parts.engine.events(of: run, after: place, limit: Self.batchMax)
            guard let last = events.last else { return }
            try await writer.write(Self.lines(events, names))
            place = last.sequence
        }
    }

    private enum News: Sendable {
        case events([Event]?)
        case heartbeat
    }

    private func follow(
        _ run: String, _ after: Int, _ names: StepNames, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var place = after
        while true {
            switch await news(of: run, after: place) {
            case .heartbeat: try await writer.write(ByteBuffer(string: "\n"))
            case .events(nil): return
            case .events(let events?):
                try await writer.write(Self.lines(events, names))
                place = events.last?.sequence ?? place
            }
        }
    }

    /// The next events, or a heartbeat when none came in time. A stream that is given up, and asked for again at the
    /// same place, misses nothing.
    private func news(of run: String, after place: Int) async -> News {
        await withTaskGroup(of: News.self) { group in
            group.addTask {
                var iterator = parts.engine.follow(run, after: place).makeAsyncIterator()
                return .events(await iterator.next())
            }
            group.addTask {
                try? await Task.sleep(for: Self.heartbeat)
                return .heartbeat
            }
            let first = await group.next() ?? .heartbeat
            group.cancelAll()
            if case .heartbeat = first, case .events(let events?)? = await group.next() { return .events(events) }
            return first
        }
    }

    private func export(_ run: String, _ writer: inout any ResponseBodyWriter) async throws {
        var place = 0
        while true {
            let lines = try await parts.journal.lines(of: run, after: place, limit: Self.batchMax)
            if lines.isEmpty { return }
            try await writer.write(ByteBuffer(string: lines.joined(separator: "\n") + "\n"))
            place += lines.count
        }
    }

    private static func lines(_ events: [Event], _ names: StepNames) -> ByteBuffer {
        var buffer = ByteBuffer()
        for event in events {
            buffer.writeBytes(event.json(names).bytes)
            buffer.writeInteger(UInt8(ascii: "\n"))
        }
        return buffer
    }
}
