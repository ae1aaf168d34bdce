import Foundation
import Testing

/// A change under a policy, by three people who come over TCP with tokens: refused, approved, frozen, overridden, an
/// emergency, its review, and back; each refusal says who may, when, or how.
@Suite(.timeLimit(.minutes(5)))
struct ChangeControlTests {
    /// `NOW` is a day around now, `SELF` the account that runs the engine.
    private static let policy = """
        zone: Asia/Tokyo
        people:
          SELF: {name: Keeper}
          ann: {name: Ann}
          chie: {name: Chie}
          dai: {name: Dai}
        groups:
          developers: [ann]
          managers: [chie, dai]
        rights:
          start: ["group:developers"]
          rollback: ["group:developers", "group:managers"]
          emergency: ["group:developers"]
          overrideFreeze: [dai]
          review: ["group:managers"]
          breakLock: [dai]
          manageTokens: [SELF]
        environments:
          staging: {controlled: false}
          production: {after: [staging], hotfixMaySkip: [staging]}
        changes:
          normal:
            approvals: [{role: operations manager, from: ["group:managers"]}]
            expires: 14d
          emergency:
            reviewWithin: 5d
            freezeExempt: true
        freezes:
          books: {reason: closing the books, from: FROM, until: UNTIL, environments: [production]}
        """

    private static func pipeline(_ environment: String, _ change: String) -> String {
        """
        pipeline: shop-\(environment)
        service: shop
        environment: \(environment)
        change: \(change)
        release: \(change == "emergency" ? "hotfix" : "patch")
        inputs:
          version: {type: version}
        T-0:
          steps:
            ship:
              run: [./ship]
              rollback: {run: [./ship, back]}
        """
    }

    private func office() async throws -> Office {
        let tminus = try Tminus()
        let day = DateFormatter()
        day.locale = Locale(identifier: "en_US_POSIX")
        day.timeZone = TimeZone(identifier: "Asia/Tokyo")
        day.dateFormat = "yyyy-MM-dd'T'HH:mm"
        let text = Self.policy
            .replacingOccurrences(of: "FROM", with: day.string(from: Date(timeIntervalSinceNow: -86_400)))
            .replacingOccurrences(of: "UNTIL", with: day.string(from: Date(timeIntervalSinceNow: 86_400)))
        for environment in ["staging", "production"] {
            for change in ["normal", "emergency"] {
                try tminus.write("\(environment)-\(change).yaml", Self.pipeline(environment, change))
            }
        }
        try tminus.write("ship", "#!/bin/sh\nexit 0\n", executable: true)
        return try await Office(tminus, policy: text, people: "ann", "chie", "dai")
    }

    @Test func aReleaseGoesThroughItsPolicyAndBack() async throws {
        let office = try await office()
        let early = try await office.run(
            "ann", "run", "production-normal.yaml", "--input", "version=1.0.0", "--no-wait")
        #expect(early.status == 1)
        #expect(early.errors.contains("it was never released to staging; release it there first"))
        let stranger = try await office.run("chie", "run", "staging-normal.yaml", "--input", "version=1.0.0")
        #expect(stranger.errors.contains("chie may not start runs"))
        let staging = try await office.run("ann", "run", "staging-normal.yaml", "--input", "version=1.0.0")
        #expect(staging.status == 0, "\(staging.errors)")

        let waiting = try await office.run(
            "ann", "run", "production-normal.yaml", "--input", "version=1.0.0", "--no-wait")
        #expect(waiting.status == 3)
        let own = try await office.run("ann", "approve", "shop-production-1")
        #expect(own.errors.contains("these may: operations manager (group:managers)"))
        let approved = try await office.run("chie", "approve", "shop-production-1")
        #expect(approved.status == 0, "\(approved.errors)")
        let frozen = try await office.run("ann", "status")
        #expect(frozen.output.contains("frozen by books"))
        let refused = try await office.run("chie", "override", "shop-production-1", "books", "--reason", "now")
        #expect(refused.errors.contains("chie may not override books: it takes the right overrideFreeze"))
        let overridden = try await office.run("dai", "override", "shop-production-1", "books", "--reason", "agreed")
        #expect(overridden.status == 0, "\(overridden.errors)")
        #expect(try await office.run("ann", "watch", "shop-production-1").status == 0)

        let plain = try await office.run("ann", "run", "production-emergency.yaml", "--input", "version=1.0.1")
        #expect(plain.errors.contains("an emergency change names its incident"))
        let hotfix = try await office.run(
            "ann", "hotfix", "production-emergency.yaml", "--input", "version=1.0.1", "--incident", "INC-7",
            "--reason", "down")
        #expect(hotfix.status == 0, "\(hotfix.errors)")
        let review = try await office.run("chie", "review", "close", "review-1", "--verdict", "right")
        #expect(review.status == 0, "\(review.errors)")
        let back = try await office.run(
            "ann", "rollback", "--service", "shop", "--environment", "production", "--reason", "errors", "--yes")
        #expect(back.status == 0, "\(back.errors)")
        #expect(back.output.contains("1.0.0 (shop-production-1) is in place again"))

        let audit = try await office.tminus.run("audit", "list", "--json")
        let types = audit.jsonLines.compactMap { $0["type"] as? String }
        #expect(types.filter { $0 == "tokenCreated" }.count == 3)
        #expect(types.filter { $0 == "orderRefused" }.count == 3)
        #expect(types.filter { $0 == "reviewOpened" }.count == 2)
        #expect(try await office.tminus.run("audit", "verify").status == 0)
        office.engine.signal(SIGTERM)
        _ = await office.engine.ended()
    }
}
