import Glibc
import TminusModel
import TminusReports

/// Writes what a command has to say: data to standard output, everything else to standard error.
package struct Output: Sendable {
    let isColoured: Bool

    init(_ look: LookOptions) {
        isColoured = look.isColoured
    }

    init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    func print(_ line: StyledLine) { Self.write(line.rendered(isColoured: isColoured) + "\n") }

    func print(_ lines: [StyledLine]) {
        Self.write(lines.map { $0.rendered(isColoured: isColoured) + "\n" }.joined())
    }

    /// One line of JSON for programs.
    func print(_ json: JSON) { Self.write(json.line + "\n") }

    /// Text on standard error, made safe for a terminal.
    package static func complain(_ text: String) {
        write(Array((SafeText.lines(text) + "\n").utf8)[...], to: STDERR_FILENO)
    }

    /// Text on standard output as it is: the caller has made it safe.
    static func write(_ text: String) { write(Array(text.utf8)[...], to: STDOUT_FILENO) }

    /// All of it, however often the kernel wants to be asked. A reader that has gone away ends the command quietly, as
    /// SIGPIPE would.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wanted, 1, -1)
            } else if errno != EINTR {
                if errno == EPIPE { _exit(141) }
                return
            }
        }
    }
}
