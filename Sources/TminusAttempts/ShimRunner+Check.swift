import CLinux
import Glibc

/// A `tminus-shim` that can't be used, and what to do about it.
package struct ShimFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

extension ShimRunner {
    /// Asks the shim for its protocol version.
    ///
    /// - Throws: `ShimFault` when there is none at the path, it doesn't run, or speaks another protocol.
    package func checkShim() throws(ShimFault) {
        guard access(shimPath, X_OK) == 0 else {
            throw ShimFault(description: "no tminus-shim at \(shimPath): install it beside tminus")
        }
        let answer = linux_memory_file(nil, 0)
        guard answer >= 0 else { throw ShimFault(description: "\(SystemFault(code: -answer, doing: "make a file"))") }
        let file = OpenFile(adopting: answer)
        let arguments = [Array("tminus-shim".utf8), Array("--version".utf8)]
        switch Spawn.session(shimPath, arguments, [], output: answer) {
        case .failure(let fault): throw ShimFault(description: fault.description)
        case .success(let pid):
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
        let text = String(decoding: file.read(limit: 64) ?? [], as: UTF8.self)
        guard text == "tminus-shim \(ShimSpec.version)\n" else {
            let found = AttemptSubject.shortened(text)
            throw ShimFault(
                description: "\(shimPath) speaks another protocol than this tminus (\(ShimSpec.version)): "
                    + "it answered \"\(found)\"; install both from one release")
        }
    }
}
