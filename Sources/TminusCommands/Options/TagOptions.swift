package import ArgumentParser
import Foundation
import TminusModel

/// A tag of a git repository, and how to get at it.
package struct TagOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the pipeline from a git repository: https, ssh, or a path; with --tag.", valueName: "url"))
    package var repo: String?

    @Option(name: .long, help: ArgumentHelp("The tag whose commit the pipeline is read from.", valueName: "tag"))
    package var tag: String?

    @OptionGroup package var access: GitAccessOptions

    package init() {}

    package func validate() throws {
        if repo == nil, tag != nil { throw ValidationError("--tag needs --repo: whose tag is it?") }
        if repo != nil, tag == nil { throw ValidationError("--repo needs --tag: a release is made from a tag") }
    }
}

/// How a person gets into a git host.
package struct GitAccessOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The private key for ssh; else the agent's, else ~/.ssh/id_ed25519. (https: TMINUS_GIT_PASSWORD)",
            valueName: "file"))
    package var gitKey: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Known ssh hosts; else yours and the system's.", valueName: "file"))
    package var knownHosts: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Certificate authorities to trust beside the system's.", valueName: "file"))
    package var gitAuthority: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who may sign tags, as ssh-keygen reads it; the tag must be signed then.", valueName: "file"))
    package var allowedSigners: String?

    package init() {}

    /// A repository that a person names by its address.
    func repository(_ url: String) -> RepositorySpec {
        let home = Environment.current["HOME"] ?? "/"
        var spec = RepositorySpec(name: "", url: url.hasPrefix(".") ? DataDirectory.absolute(url) : url)
        spec.access = credential(for: url, home: home)
        spec.knownHosts =
            knownHosts.isEmpty
            ? ["\(home)/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"].filter(Self.isThere)
            : knownHosts.map(DataDirectory.absolute)
        spec.authorities = gitAuthority.map(DataDirectory.absolute)
        spec.trust = allowedSigners.map { RepositorySpec.Trust(allowedSigners: DataDirectory.absolute($0)) }
        return spec
    }

    private func credential(for url: String, home: String) -> RepositorySpec.Access {
        if url.hasPrefix("https://") {
            let isSet = !(Environment.current["TMINUS_GIT_PASSWORD"] ?? "").isEmpty
            return isSet ? .password(user: nil, .environment("TMINUS_GIT_PASSWORD")) : .open
        }
        if url.hasPrefix("/") || url.hasPrefix(".") || url.hasPrefix("file:") { return .open }
        if let gitKey { return .key(file: DataDirectory.absolute(gitKey), passphrase: nil) }
        if !(Environment.current["SSH_AUTH_SOCK"] ?? "").isEmpty { return .agent }
        return .key(file: "\(home)/.ssh/id_ed25519", passphrase: nil)
    }

    private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Nil where the tag's signature may be anything but bad.
    var signature: TriggerRule.Signature? { allowedSigners == nil ? nil : .signed(by: []) }
}
