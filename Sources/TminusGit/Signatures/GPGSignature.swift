/// GPG signatures, by `gpg --verify --status-fd` with a key ring made for the one question.
enum GPGSignature {
    /// - Parameters:
    ///   - keys: public keys, armoured or not.
    ///   - fingerprints: of the primary keys that count.
    static func check(
        _ payload: [UInt8], _ signature: [UInt8], keys: [UInt8], fingerprints: [String], validAt: Int64?
    ) throws(GitError) -> SignatureState {
        let directory = try PrivateDirectory()
        let program = try CheckingProgram("gpg", package: "gnupg", in: directory)
        let message = try directory.write(payload, as: "message")
        let proof = try directory.write(signature, as: "signature")
        let ring = try directory.write(keys, as: "keys")
        // No agent, no network, no configuration of the user's.
        let common = [
            "--homedir", directory.path, "--no-options", "--batch", "--no-tty", "--no-autostart", "--quiet",
            "--no-auto-key-retrieve", "--disable-dirmngr", "--trust-model", "always",
        ]
        guard try program.run(common + ["--import", ring]).status == 0 else {
            throw GitError(.noTrust, "gpg can't read the file of GPG keys; export it with `gpg --export --armor`")
        }
        let moment = validAt.map { ["--faked-system-time", "\(max(0, $0))!"] } ?? []
        let verdict = try program.run(
            common + moment + ["--weak-digest", "SHA1", "--status-fd", "1", "--verify", proof, message])
        guard verdict.status == 0 else {
            return .refused(
                .gpg, reason: "gpg does not find it good: it is broken, for another text, or by a key unknown here")
        }
        return judge(Self.statuses(verdict.output), fingerprints: fingerprints)
    }

    /// gpg exits 0 also for a good signature by an expired key, so its machine-readable lines count too.
    static func judge(_ statuses: [[Substring]], fingerprints: [String]) -> SignatureState {
        let words = statuses.compactMap(\.first)
        let bad: Set<Substring> = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "NO_PUBKEY"]
        guard !words.contains(where: bad.contains) else {
            return .refused(.gpg, reason: "its key, or the signature itself, is expired or revoked")
        }
        let valid = statuses.filter { $0.first == "VALIDSIG" }
        guard valid.count == 1, words.filter({ $0 == "GOODSIG" }).count == 1, let line = valid.first else {
            return .refused(.gpg, reason: "there is not exactly one good signature")
        }
        // VALIDSIG fingerprint date stamp expiry version reserved algorithm hash class primary-fingerprint
        guard line.count >= 11, let primary = line.last?.uppercased(), primary.utf8.count == 40 else {
            return .refused(.gpg, reason: "gpg names no primary key; use a key of version 4 and gpg 2.2 or later")
        }
        guard fingerprints.contains(where: { $0.uppercased() == primary }) else {
            return .refused(.gpg, reason: "its key \(primary) is not among the fingerprints that count")
        }
        return .good(.gpg, signer: "", key: primary)
    }

    private static func statuses(_ output: [UInt8]) -> [[Substring]] {
        String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("[GNUPG:] ") else { return nil }
            return line.dropFirst(9).split(separator: " ")
        }
    }
}
