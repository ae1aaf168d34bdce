import Testing
import TminusModel

/// A step script that does what no step should, and what is to become of it.
struct Beast: Sendable, CustomTestStringConvertible {
    /// What must be there for it to be tried; else it is skipped, visibly.
    enum Need: String, Sendable {
        /// Signals and limits of other users.
        case root
        /// `/usr/bin/python3`: for what a shell can't do.
        case python
        case cgroup
    }

    /// What people do to it while it runs.
    enum Treatment: Sendable {
        case leftAlone
        /// Stopped when it has written to the pipe `began`.
        case stopped
        /// Its engine dies when it has written to `began`, and another adopts it; then `go` is written to.
        case adopted
    }

    let name: String
    let argv: [String]
    /// Any of these is right.
    let ends: [AttemptEnd]
    var needs: [Need] = []
    var treatment = Treatment.leftAlone
    var timeout: Duration = .seconds(20)
    var grace: Duration = .seconds(1)
    var environment: [Variable] = []
    var secret: String?
    /// What the log is, exactly; nil when it doesn't matter.
    var log: String?
    /// What the note contains; nil when it doesn't matter.
    var note: String?
    /// What stands in no log.
    var unwanted: String?
    /// How long all of it may take: a beast that hangs its shim takes longer.
    var patience: Duration = .seconds(40)

    var testDescription: String { name }

    /// - Parameter script: For `/bin/sh`.
    init(_ name: String, _ ends: AttemptEnd..., sh script: String) {
        self.init(name, ends, ["/bin/sh", "-c", script])
    }

    /// - Parameter script: For Python 3.
    init(_ name: String, _ ends: AttemptEnd..., python script: String) {
        self.init(name, ends, ["/usr/bin/python3", "-c", Self.prelude + script])
        needs = [.python]
    }

    init(_ name: String, _ ends: AttemptEnd..., argv: [String]) {
        self.init(name, ends, argv)
    }

    private init(_ name: String, _ ends: [AttemptEnd], _ argv: [String]) {
        self.name = name
        self.ends = ends
        self.argv = argv
    }

    func with(_ change: (inout Beast) -> Void) -> Beast {
        var copy = self
        change(&copy)
        return copy
    }

    private static let prelude = """
        import ctypes, os, signal, sys, threading, time
        libc = ctypes.CDLL(None, use_errno=True)

        """
}

enum Zoo {
    static var all: [Beast] { escaping + killing + timing + output + files + starting }
}
