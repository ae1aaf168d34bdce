import Foundation

/// gpg or ssh-keygen, run once: no shell, an environment of its own, files instead of pipes, a time limit.
struct CheckingProgram {
    static let limitSeconds = 20
    static let outputBytesMax = 256 << 10
    private static let folders = ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"]

    let executable: String
    let directory: PrivateDirectory

    /// - Throws: `.noTrust` when it is not installed.
    init(_ name: String, package: String, in directory: PrivateDirectory) throws(GitError) {
        let found = Self.folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else {
            throw GitError(
                .noTrust, "\(name) is not installed, so no such signature can be checked; install \(package)")
        }
        executable = found
        self.directory = directory
    }

    /// - Parameter input: a file for standard input; nil for none.
    /// - Returns: the exit status (-1 if it was killed or took too long) and what it wrote to standard output; nothing
    ///   if that was more than `outputBytesMax`.
    /// - Throws: `.noTrust`, `.notWritable`.
    func run(_ arguments: [String], input: String? = nil) throws(GitError) -> (status: Int32, output: [UInt8]) {
        let output = try directory.write([], as: "output-\(UUID().uuidString)")
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": directory.path, "TMPDIR": directory.path, "LC_ALL": "C", "TZ": "UTC",
        ]
        let program = SpawnedProgram(
            executable, arguments, environment: environment, directory: directory.path, input: input ?? "/dev/null",
            output: output
        )
        guard let program else {
            throw GitError(.noTrust, "\(executable) can't be started; check that this user may run it")
        }
        let status = program.wait(atMost: .seconds(Self.limitSeconds))
        return (status, BoundedFile.read(output, limit: Self.outputBytesMax) ?? [])
    }
}
