import AsyncHTTPClient
import NIOCore

/// The lines of an answer as they come, without their newline. A line cut off by a broken connection is not among them,
/// nor is an empty one: that is the engine's heartbeat.
package struct ByteLines {
    private var pieces: HTTPClientResponse.Body.AsyncIterator
    private var splitter = LineSplitter()
    private var lines: [[UInt8]] = []
    private var next = 0

    init(_ body: HTTPClientResponse.Body) {
        pieces = body.makeAsyncIterator()
    }

    /// The next line; nil at the end.
    ///
    /// - Throws: `.unreachable` when the connection broke; `CancellationError` is reported as such a break.
    package mutating func nextLine() async throws(APIError) -> [UInt8]? {
        while next >= lines.count {
            let piece: ByteBuffer?
            do { piece = try await pieces.next() } catch {
                throw APIError(.unreachable, "the connection to the engine broke: \(error)")
            }
            guard let piece else { return nil }
            lines = try splitter.append(piece.readableBytesView).filter { !$0.isEmpty }
            next = 0
        }
        defer { next += 1 }
        return lines[next]
    }

    /// Whether a line is here already, so that asking for it does not wait.
    package var hasLineReady: Bool { next < lines.count }
}
