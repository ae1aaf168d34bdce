import TminusAPI

/// A command's line to its engine.
enum Connection {
    /// An engine may leave, being idle, in the moment we find it.
    private static let triesMax = 3
    /// An engine that listens and says nothing for so many seconds is stopped, or hangs.
    private static let silenceMax: Int64 = 15

    /// Hands over a client of the engine, started when none runs, and closes it afterwards.
    ///
    /// - Throws: `Failure` when no engine could be reached, and what `body` throws.
    static func use<Result: Sendable>(
        _ options: EngineOptions, _ body: (EngineClient) async throws -> Result
    ) async throws -> Result {
        let client = try await open(try options.dataDirectory()).client
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// A client of an engine that has just answered, and what it said about itself.
    ///
    /// - Throws: `Failure` when no engine could be reached or started.
    static func open(_ directory: DataDirectory) async throws -> (client: EngineClient, engine: EngineReply) {
        var last = Failure(.failed, "no engine answers for \(directory.path)")
        for _ in 0..<triesMax {
            if directory.remote == nil, !SocketProbe.isListening(directory.socket) {
                try EngineStarter(directory: directory).start()
            }
            let client = EngineClient(directory.address, token: directory.token)
            do { return (client, try await client.engine(within: silenceMax)) } catch {
                await client.shutdown()
                guard error.code == .unreachable || error.code == .stopping else { throw Failure(error) }
                if error.code == .unreachable, let silent = SilentEngine(directory) { throw silent.failure }
                last = Failure(error)
            }
        }
        throw last
    }
}
