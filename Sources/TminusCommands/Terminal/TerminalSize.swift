import Glibc
import TminusReports

/// The size of the terminal on standard output.
enum TerminalSize {
    /// Nil when standard output is no terminal.
    static var current: LiveFrame.Size? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return LiveFrame.Size(columns: 80, rows: 24)
        }
        return LiveFrame.Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
