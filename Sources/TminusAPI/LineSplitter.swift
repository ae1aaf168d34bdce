/// Cuts a stream of bytes into lines without their newline, however the pieces fall.
package struct LineSplitter: Sendable {
    private var rest: [UInt8] = []
    /// How much of `rest` is known to hold no newline.
    private var scanned = 0
    /// A line longer than this is none of ours: 64 MiB, several times the largest plan's event.
    package static let lineBytesMax = 64 * 1024 * 1024

    package init() {}

    /// The lines that `bytes` completes, in order.
    ///
    /// - Throws: `.malformed` when a line does not end.
    package mutating func append(_ bytes: some Sequence<UInt8>) throws(APIError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        rest.append(contentsOf: bytes)
        var start = 0
        while let end = rest[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(Array(rest[start..<end]))
            start = end + 1
            scanned = start
        }
        rest.removeFirst(start)
        scanned = rest.count
        guard rest.count <= Self.lineBytesMax else { throw APIError(.malformed, "a line of the answer does not end") }
        return lines
    }
}
