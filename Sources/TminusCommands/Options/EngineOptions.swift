package import ArgumentParser
import Glibc
import TminusAPI

/// What every command that talks to an engine takes.
package struct EngineOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory (TMINUS_DATA, else $XDG_STATE_HOME/tminus, else ~/.local/state/tminus).",
            valueName: "directory"))
    package var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An engine elsewhere (TMINUS_ENGINE): https://host, or unix:/path; with TMINUS_TOKEN.",
            valueName: "address"))
    package var engine: String?

    @OptionGroup package var look: LookOptions

    package init() {}

    /// Where the engine is: here, or where an address says.
    func dataDirectory() throws(Failure) -> DataDirectory {
        let environment = Environment.current
        let named = environment["TMINUS_ENGINE"].flatMap { $0.isEmpty ? nil : $0 }
        guard let text = engine ?? (data == nil ? named : nil) else {
            return try DataDirectory.found(option: data, environment: environment)
        }
        do throws(APIError) {
            return DataDirectory(elsewhere: try EngineAddress(text: text), token: environment["TMINUS_TOKEN"])
        } catch {
            throw Failure(.usage, error.message)
        }
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
