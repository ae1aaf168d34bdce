import Testing
import TminusModel
import TminusPorts
import TminusTriggers

@Suite
struct WebhookCheckTests {
    private func isRight(_ sent: Sent, secrets: [[UInt8]] = [Sent.secret]) throws -> Bool {
        let check = try #require(WebhookCheck(sent.sender, secrets: secrets))
        let isRight = check.isRight(sent.headers, body: sent.body)
        if isRight { #expect(WebhookCheck.isWorthReading(sent.headers, from: sent.sender)) }
        return isRight
    }

    @Test func theExampleInGitHubsDocumentationIsRight() throws {
        let check = try #require(WebhookCheck(.github, secrets: [Sent.secret]))
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(check.isRight(WebhookHeaders([("X-Hub-Signature-256", signature)]), body: Array("Hello, World!".utf8)))
        #expect(!check.isRight(WebhookHeaders([("X-Hub-Signature-256", signature)]), body: Array("Hello, World".utf8)))
    }

    @Test(arguments: WebhookSpec.Sender.allCases)
    func whatTheSenderSignsIsRight(_ sender: WebhookSpec.Sender) throws {
        #expect(try isRight(Sent.tag(sender)))
        #expect(try !isRight(Sent.tag(sender), secrets: [Sent.otherSecret]))
    }

    @Test(arguments: WebhookSpec.Sender.allCases)
    func eitherOfTwoSecretsIsRight(_ sender: WebhookSpec.Sender) throws {
        #expect(try isRight(Sent.tag(sender), secrets: [Sent.otherSecret, Sent.secret]))
        #expect(try isRight(Sent.tag(sender), secrets: [Sent.secret, Sent.otherSecret]))
    }

    @Test func aShortSecretProvesNothing() {
        #expect(WebhookCheck(.github, secrets: []) == nil)
        #expect(WebhookCheck(.github, secrets: [[]]) == nil)
        #expect(WebhookCheck(.github, secrets: [Array("fifteen bytes..".utf8)]) == nil)
        #expect(WebhookCheck(.github, secrets: [Array("sixteen bytes...".utf8)]) != nil)
    }

    /// All but GitLab sign the body; GitLab only names a token.
    @Test(arguments: [WebhookSpec.Sender.github, .gitea, .forgejo, .generic])
    func everyFlippedBitOfTheBodyIsNoticed(_ sender: WebhookSpec.Sender) throws {
        let sent = Sent.tag(sender)
        let check = try #require(WebhookCheck(sender, secrets: [Sent.secret]))
        let headers = sent.headers
        var taken = 0
        for bit in 0..<(sent.body.count * 8) {
            var body = sent.body
            body[bit / 8] ^= 1 << UInt8(bit % 8)
            if check.isRight(headers, body: body) { taken += 1 }
        }
        #expect(taken == 0)
    }

    @Test(arguments: WebhookSpec.Sender.allCases)
    func everyFlippedBitOfTheProofIsNoticed(_ sender: WebhookSpec.Sender) throws {
        let sent = Sent.tag(sender)
        let proof = Array(try #require(sent.proofs.first).utf8)
        for bit in 0..<(proof.count * 8) {
            var flipped = proof
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !isRight(sent.proving([String(decoding: flipped, as: UTF8.self)])), "bit \(bit)")
        }
    }

    @Test(arguments: WebhookSpec.Sender.allCases)
    func aProofThatIsMissingEmptyOrThereTwiceIsNone(_ sender: WebhookSpec.Sender) throws {
        let sent = Sent.tag(sender)
        let proof = try #require(sent.proofs.first)
        for values in [[], [""], [" "], [proof, proof], ["", proof], [proof + "," + proof], [proof + ", " + proof]] {
            #expect(try !isRight(sent.proving(values)), "\(values)")
        }
    }

    @Test func otherFormsOfASignatureAreRefusedBeforeTheBodyIsRead() throws {
        let sent = Sent.github()
        let proof = try #require(sent.proofs.first)
        let digits = String(proof.dropFirst("sha256=".count))
        let short = String(digits.dropLast(2))
        var forms: [String] = ["sha256=", "=", proof + " ", " " + proof, "\u{FEFF}" + proof, "sha1=" + digits]
        forms += ["sha1=7d38cdd689735b008b3c702edd92eea23791c5f6", "sha512=" + digits, "SHA256=" + digits]
        forms += [digits, "sha256:" + digits, "sha256=" + digits.uppercased(), "sha256=" + digits.dropLast()]
        forms += ["sha256=" + short, "sha256=" + digits + "00", "sha256=0x" + short, "sha256=" + short + "0g"]
        // As UTF-16 would look, and with a Cyrillic letter.
        forms.append(String(proof.flatMap { [$0, "\u{0}"] }))
        forms.append(proof.replacing("a", with: "\u{430}"))
        for form in forms {
            let other = sent.proving([form])
            #expect(!WebhookCheck.isWorthReading(other.headers, from: .github), "\(form)")
            #expect(try !isRight(other))
        }
    }

    @Test func theSignatureOfOneSenderIsNoneOfAnother() throws {
        var sent = Sent.github()
        for sender in WebhookSpec.Sender.allCases where sender != .github {
            sent.sender = sender
            #expect(try !isRight(sent), "\(sender)")
        }
    }

    @Test func anOldForgejoSignsUnderGiteasName() throws {
        var sent = Sent.gitea(.forgejo)
        sent.fields = sent.fields.map { ($0.name.replacing("Forgejo", with: "Gitea"), $0.value) }
        #expect(try isRight(sent))
    }

    @Test func aWrongNewNameIsNotHelpedByARightOldOne() throws {
        var sent = Sent.gitea(.forgejo)
        let proof = try #require(sent.proofs.first)
        sent.fields.append(("X-Gitea-Signature", proof))
        #expect(try !isRight(sent.proving([String(repeating: "0", count: 64)])))
    }
}
