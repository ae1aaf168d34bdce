package import ArgumentParser

/// Which run a command is about.
package struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The run, such as checkout-12.", valueName: "run"))
    package var run: String

    package init() {}
}

/// A reason, where the record needs one.
package struct ReasonOption: ParsableArguments {
    @Option(name: .long, help: "Why, for the record.")
    package var reason: String

    package init() {}

    package func validate() throws {
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("--reason must say something; it is kept in the run's journal")
        }
    }
}
