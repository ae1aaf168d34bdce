import Foundation

/// ssh signatures, by `ssh-keygen -Y verify`.
enum SSHSignature {
    /// Principals tried for one key.
    static let principalsMax = 16

    /// - Parameter signers: the bytes of an allowed-signers file.
    static func check(
        _ payload: [UInt8], _ signature: [UInt8], signers: [UInt8], validAt: Int64?
    ) throws(GitError) -> SignatureState {
        let directory = try PrivateDirectory()
        let program = try CheckingProgram("ssh-keygen", package: "openssh-client", in: directory)
        let message = try directory.write(payload, as: "message")
        let proof = try directory.write(signature, as: "signature")
        let allowed = try directory.write(signers, as: "signers")
        let moment = validAt.map { ["-O", "verify-time=\(Self.stamp($0))"] } ?? []
        let found = try program.run(["-Y", "find-principals", "-f", allowed, "-s", proof] + moment)
        // Which names the file gives this key; whether the signature holds is asked below.
        let names = found.status == 0 ? Self.lines(found.output) : []
        guard let key = key(signature), !names.isEmpty else {
            return .refused(
                .ssh,
                reason: "its key \(key(signature) ?? "(none to be read)") is not in the allowed-signers file, or not "
                    + "valid at this time"
            )
        }
        for name in names.prefix(principalsMax) {
            let verdict = try program.run(
                ["-Y", "verify", "-f", allowed, "-I", name, "-n", "git", "-s", proof] + moment, input: message)
            if verdict.status == 0 { return .good(.ssh, signer: PrintableText.line(name, limit: 200), key: key) }
        }
        return .refused(
            .ssh,
            reason: "ssh-keygen does not find it good: it is broken, for another text, or its key may not sign for git"
        )
    }

    /// `20261121025747`, in UTC.
    static func stamp(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
        return "\(Int(parts.tm_year) + 1_900)" + numbers.map { ($0 < 10 ? "0" : "") + String($0) }.joined()
    }

    private static func lines(_ output: [UInt8]) -> [String] {
        String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The fingerprint of the key inside the signature, which is the key that verification used; nil if it is no
    /// signature.
    static func key(_ signature: [UInt8]) -> String? {
        let body = String(decoding: signature, as: UTF8.self).split(whereSeparator: \.isNewline)
            .dropFirst().prefix { !$0.hasPrefix("-----") }.joined()
        guard let bytes = Foundation.Data(base64Encoded: body) else { return nil }
        // "SSHSIG", a version of four bytes, the key.
        let rest = Array(bytes)[...]
        guard rest.starts(with: "SSHSIG".utf8), rest.count > 10 else { return nil }
        return SSHKey.field(rest.dropFirst(10)).map { SSHKey.fingerprint($0) }
    }
}
