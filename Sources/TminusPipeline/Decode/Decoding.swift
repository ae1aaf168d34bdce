import TminusModel

/// What decoding a file carries along: its text, what was found wrong, and the files that commands name.
package struct Decoding {
    package let source: SourceText
    /// Absolute, without symbolic links; `.` for a pipeline read from a tag.
    let folder: String
    package var list: DiagnosticList
    var pins: [PinRequest] = []

    init(source: SourceText, folder: String, list: DiagnosticList) {
        self.source = source
        self.folder = folder
        self.list = list
    }

    /// For a file that names no others.
    package init(source: SourceText, list: DiagnosticList) {
        self.init(source: source, folder: "/", list: list)
    }

    package mutating func error(at node: YAMLNode, _ message: String, fix: @autoclosure () -> String) {
        if list.omits() { return }
        let width = source.width(at: node.mark, plainLength: node.text.unicodeScalars.count)
        list.add(source.diagnostic(at: node.mark, width: width, message, fix: fix()))
    }

    package mutating func error(at key: YAMLKey, _ message: String, fix: String) {
        report(.error, key, message, fix)
    }

    package mutating func warning(at key: YAMLKey, _ message: String, fix: String) {
        report(.warning, key, message, fix)
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ key: YAMLKey, _ message: String, _ fix: String) {
        if list.omits(severity) { return }
        let width = source.width(at: key.mark, plainLength: key.text.unicodeScalars.count)
        list.add(source.diagnostic(severity, at: key.mark, width: width, message, fix: fix))
    }

    /// Where a secret is kept. One of a tagged tree would be no secret: from there only absolute paths are taken.
    mutating func secretFile(_ node: YAMLNode) -> SecretReference.Source {
        if node.text.hasPrefix("/") { return .file(node.text) }
        if folder == "." {
            error(
                at: node, "a secret of a pipeline read from a tag cannot be beside it: '\(node.text)'",
                fix: "write an absolute path of the engine's machine, such as /run/secrets/\(node.text)")
        }
        return .file("\(folder)/\(node.text)")
    }

    /// An argument list as a command; a program `./…` is asked to be pinned.
    mutating func command(_ node: YAMLNode) -> Command {
        let argv = node.oneOrMore.map(\.text)
        if let program = node.oneOrMore.first { checkProgram(program) }
        return Command(argv: argv)
    }

    /// Either `run:` or `shell:` of a mapping that has exactly one of them.
    mutating func runOrShell(_ node: YAMLNode) -> Command {
        if let run = node["run"] { return command(run) }
        return Self.shell(node["shell"]?.text ?? "")
    }

    static func shell(_ text: String) -> Command {
        Command(argv: ["/bin/sh", "-c", text], isShell: true)
    }

    private mutating func checkProgram(_ node: YAMLNode) {
        let program = node.text
        if program.isEmpty {
            return error(at: node, "the program's name is empty", fix: "write the program first: [./scripts/deploy]")
        }
        guard program.contains("/"), !program.hasPrefix("/") else { return }
        if !program.hasPrefix("./"), !program.hasPrefix("../") {
            return error(
                at: node, "'\(program)' is looked for neither in PATH nor in the pipeline's folder",
                fix: "write './\(program)'")
        }
        guard let path = PinRequest.path(program) else {
            return error(
                at: node, "'\(program)' is no plain path inside the pipeline's folder",
                fix: "write './', then names without '.' and '..', or an absolute path")
        }
        pins.append(PinRequest(path: path, kind: .program, mark: node.mark))
    }
}

/// A file, or all files below a folder, that the plan names and the run must find as they are now.
struct PinRequest: Sendable {
    enum Kind: Sendable { case program, migrations }

    /// Relative to the pipeline's folder, without `.` and `..`.
    let path: String
    let kind: Kind
    let mark: Mark

    /// The plain form of a relative path: `./a/b` and `a/b/` → `a/b`. Nil when it is absolute, empty, leaves the
    /// folder or takes detours.
    static func path(_ text: String) -> String? {
        var rest = text[...]
        if rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        return String(rest)
    }
}

/// Readers for nodes that passed `ShapeCheck`. What cannot be read is nil or empty, never a trap.
extension YAMLNode {
    package var isTrue: Bool { text == "true" }
    package var integer: Int? { Int(text) }
    package var duration: Duration? { Duration(releaseText: text) }
    var ratio: Ratio? { Ratio(decimalText: text) }
    package var texts: [String] { oneOrMore.map(\.text) }

    /// Names and values of a mapping of texts, in the order written.
    var variables: [Variable] {
        entries.map { Variable(name: $0.key.text, value: $0.value.text) }
    }
}
