package import ArgumentParser

package struct BundleGroup: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Looks at rollback bundles: what takes a release back without journal, network or server.",
        subcommands: [ShowBundle.self, VerifyBundle.self]
    )

    package init() {}
}

/// Which file, and whose signature it must have.
package struct SignedFileOptions: ParsableArguments {
    @Argument(help: "The file.", completion: .file())
    package var file: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The public key to trust, a file (keys/engine.pub of the data directory).", valueName: "file"))
    package var key: String?

    package init() {}

    func trusted(_ directory: DataDirectory) throws(Failure) -> [UInt8]? {
        guard let key else { return EngineKey.trusted(directory) }
        guard let text = SmallFile.text(key, bytesMax: 128),
            let bytes = Hexadecimal.bytes(text.filter { !$0.isWhitespace })
        else { throw Failure(.badInput, "\(key) is no public key of 64 hexadecimal digits") }
        return bytes
    }
}
