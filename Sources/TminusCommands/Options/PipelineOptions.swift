package import ArgumentParser

/// `name=value`.
package struct InputOption: ExpressibleByArgument, Equatable, Sendable {
    package var name: String
    package var value: String

    package init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// A pipeline and the values of its inputs.
package struct PipelineOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The pipeline's file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    package var file: String

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A value for an input; once for each.", valueName: "name=value"))
    package var input: [InputOption] = []

    package init() {}
}

/// The same, where something else may say which pipeline it is.
package struct NamedPipelineOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The pipeline's file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    package var file: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A value for an input; once for each.", valueName: "name=value"))
    package var input: [InputOption] = []

    package init() {}

    /// The options with a pipeline that was found.
    func naming(_ found: String) -> PipelineOptions {
        var options = PipelineOptions()
        options.file = found
        options.input = input
        return options
    }
}
