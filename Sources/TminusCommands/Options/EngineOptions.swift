package import ArgumentParser
import Glibc

/// What every command that talks to an engine takes.
package struct EngineOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory (TMINUS_DATA, else $XDG_STATE_HOME/tminus, else ~/.local/state/tminus).",
            valueName: "directory"))
    package var data: String?

    @OptionGroup package var look: LookOptions

    package init() {}

    func dataDirectory() throws(Failure) -> DataDirectory {
        try DataDirectory.found(option: data, environment: Environment.current)
    }
}

/// How output looks, for commands without an engine too.
package struct LookOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON for programs on standard output.")
    package var json = false

    @Flag(name: .customLong("no-color"), help: "No colours (also NO_COLOR).")
    package var isColourless = false

    package init() {}

    /// For commands that take none of these.
    static var plain: LookOptions { (try? LookOptions.parse([])) ?? LookOptions() }

    /// Colours only on a terminal that has not said otherwise.
    var isColoured: Bool {
        let environment = Environment.current
        return !isColourless && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
            && isatty(STDOUT_FILENO) == 1
    }
}
