import Foundation
import Testing

/// The classes of change under a policy, by people with tokens on the built binary: what each needs, and who is told
/// what when it is not there.
@Suite(.timeLimit(.minutes(5)))
struct ChangeClassTests {
    /// `HASH` is the template's, `HOLIDAY` a working day within the next three, `WORK` where the git repository lies.
    private static let policy = """
        zone: Asia/Tokyo
        people:
          SELF: {name: Keeper}
          ann: {name: Ann}
          bob: {name: Bob, addresses: [bob@example.org]}
          chie: {name: Chie}
          dai: {name: Dai}
        groups:
          developers: [ann, bob]
          managers: [chie, dai]
          cab: [bob, chie, dai]
        rights:
          start: ["group:developers"]
          rollback: ["group:developers"]
          emergency: ["group:developers"]
          review: ["group:developers", "group:managers"]
          manageTokens: [SELF]
        calendars:
          jp: {zone: Asia/Tokyo, holidays: [japan, "HOLIDAY"]}
        environments:
          production: {}
        repositories:
          work: {url: "WORK"}
        changes:
          standard:
            templates: {weekly: HASH}
          normal:
            approvals: [{role: operations manager, from: ["group:managers"]}]
            leadTime: {businessDays: 3, calendar: jp}
          major:
            approvals: [{role: CAB, from: ["group:cab"], count: 2}]
          emergency:
            reviewWithin: 1s
        """

    private static func pipeline(_ change: String) -> String {
        """
        pipeline: \(change)
        service: shop
        environment: production
        change: \(change)
        release: patch
        inputs: {version: {type: version}}
        T-0:
          steps:
            ship: {run: [./ship], rollback: {run: [./ship, back]}}

        """
    }

    private func office() async throws -> (Office, holiday: String) {
        let tminus = try Tminus()
        for change in ["standard", "normal", "major", "emergency"] {
            try tminus.write("\(change).yaml", Self.pipeline(change))
        }
        try tminus.write("ship", "#!/bin/sh\nexit 0\n", executable: true)
        let printed = try await tminus.run("policy", "template", "standard.yaml")
        let lines = printed.output.split(separator: "\n")
        try #require(lines.first == "changes:", "\(printed.output)\(printed.errors)")
        let hash = try #require(lines.last?.split(separator: " ").last)
        let holiday = Self.nextWorkday()
        let policy = Self.policy.replacingOccurrences(of: "HASH", with: hash)
            .replacingOccurrences(of: "HOLIDAY", with: holiday)
            .replacingOccurrences(of: "WORK", with: tminus.folder.path + "/work")
        return (try await Office(tminus, policy: policy, people: "ann", "bob", "chie", "dai"), holiday)
    }

    /// The next Monday to Friday after today in Tokyo.
    private static func nextWorkday() -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Asia/Tokyo") ?? .gmt
        let days = (1...4).map { Date(timeIntervalSinceNow: Double($0) * 86_400) }
        let day = days.first { !calendar.isDateInWeekend($0) } ?? days[0]
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    @Test func aStandardChangeWaitsForNobodyAndIsANormalOneWhenAScriptChanges() async throws {
        let (office, _) = try await office()
        let first = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.0")
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        let other = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.1")
        #expect(other.status == 0, "another version is the same change: \(other.output)\(other.errors)")
        try office.tminus.write("ship", "#!/bin/sh\nexit 0 # changed\n", executable: true)
        let changed = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.2", "--no-wait")
        #expect(changed.status == 3, "\(changed.output)\(changed.errors)")
        let shown = try await office.run("ann", "run", "show", "standard-3")
        #expect(shown.output.contains("not those of a template (weekly)"), "\(shown.output)")
        let status = try await office.run("ann", "status", "standard-3")
        #expect(status.output.contains("operations manager (group:managers)"), "\(status.output)")
        await office.close()
    }

    @Test func aNormalChangeCountsBusinessDaysAroundAHolidayAndItsApprovalIsForThatRunAlone() async throws {
        let (office, holiday) = try await office()
        let first = try await office.run("ann", "run", "normal.yaml", "--input", "version=1.0.0", "--no-wait")
        #expect(first.status == 3, "\(first.output)\(first.errors)")
        let shown = try await office.run("ann", "run", "show", "normal-1")
        #expect(shown.output.contains("3 business days of calendar jp"), "\(shown.output)")
        #expect(shown.output.contains(holiday), "\(shown.output)")
        let approved = try await office.run("chie", "approve", "normal-1")
        #expect(approved.status == 0, "\(approved.errors)")
        #expect(approved.output.contains("its lead time is over in"), "\(approved.output)")
        let twice = try await office.run("chie", "approve", "normal-1")
        #expect(twice.errors.contains("needs no more approval; its lead time is over in"), "\(twice.errors)")
        #expect(try await office.run("ann", "abort", "normal-1", "--reason", "one thing more").status == 0)
        // Another plan is another run: what was approved before is worth nothing for it.
        try office.tminus.write("ship", "#!/bin/sh\nexit 0 # more\n", executable: true)
        let next = try await office.run("ann", "run", "normal.yaml", "--input", "version=1.0.0", "--no-wait")
        #expect(next.status == 3)
        let status = try await office.run("ann", "status", "normal-2")
        #expect(status.output.contains("the change waits for operations manager"), "\(status.output)")
        await office.close()
    }

    @Test func aMajorChangeNeedsItsBoardAWeekAndNobodyWhoTaggedIt() async throws {
        let (office, _) = try await office()
        let tminus = office.tminus
        try tminus.write("work/pipelines/major.yaml", Self.pipeline("major"))
        try tminus.write("work/pipelines/ship", "#!/bin/sh\nexit 0\n", executable: true)
        try await Self.git(tminus, "init", "--quiet", "--initial-branch=main", "work")
        try await Self.git(tminus, "-C", "work", "add", "--all")
        try await Self.git(tminus, "-C", "work", "commit", "--quiet", "-m", "first")
        try await Self.git(tminus, "-C", "work", "tag", "-a", "-m", "two", "v2.0.0")
        let started = try await office.run(
            "ann", "run", "--repo", "file://\(tminus.folder.path)/work", "--tag", "v2.0.0", "pipelines/major.yaml",
            "--input", "version=2.0.0", "--no-wait")
        #expect(started.status == 3, "\(started.output)\(started.errors)")
        let tagger = try await office.run("bob", "approve", "major-1")
        #expect(tagger.status == 1)
        #expect(tagger.errors.contains("bob started or tagged this release"), "\(tagger.errors)")
        let starter = try await office.run("ann", "approve", "major-1")
        #expect(starter.errors.contains("these may: CAB (group:cab)"), "\(starter.errors)")
        let one = try await office.run("chie", "approve", "major-1")
        #expect(one.output.contains("1 more needed"), "\(one.output)\(one.errors)")
        let again = try await office.run("chie", "approve", "major-1")
        #expect(again.errors.contains("has approved the change already"), "\(again.errors)")
        let two = try await office.run("dai", "approve", "major-1")
        #expect(two.output.contains("its lead time is over in 6d"), "\(two.output)\(two.errors)")
        #expect(try await office.run("ann", "status", "major-1").output.contains("the change is approved, and"))
        let export = try await office.run("ann", "run", "export", "major-1")
        #expect(!export.output.contains("\"type\":\"attemptStarting\""))
        await office.close()
    }

    @Test func anEmergencyWhoseReviewIsOverdueHoldsLaterRunsUntilSomebodyElseClosesIt() async throws {
        let (office, _) = try await office()
        let hotfix = try await office.run(
            "ann", "hotfix", "emergency.yaml", "--input", "version=1.0.1", "--incident", "INC-7")
        #expect(hotfix.status == 0, "\(hotfix.output)\(hotfix.errors)")
        var refused = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.2")
        for _ in 0..<600 where refused.status == 0 {
            refused = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.2")
        }
        #expect(refused.errors.contains("shop owes a review: review-1 of the emergency emergency-1 by ann"))
        #expect(refused.errors.contains("only rollbacks and emergency changes may start"), "\(refused.errors)")
        let fire = try await office.run(
            "bob", "hotfix", "emergency.yaml", "--input", "version=1.0.3", "--incident", "INC-8")
        #expect(fire.status == 0, "\(fire.output)\(fire.errors)")
        let own = try await office.run("ann", "review", "close", "review-1", "--verdict", "fine")
        #expect(own.errors.contains("someone else must close it"), "\(own.errors)")
        for name in ["review-1", "review-2"] {
            #expect(try await office.run("chie", "review", "close", name, "--verdict", "seen").status == 0)
        }
        #expect(try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.4").status == 0)
        let back = try await office.run(
            "ann", "rollback", "--service", "shop", "--environment", "production", "--reason", "errors", "--yes")
        #expect(back.status == 0, "\(back.output)\(back.errors)")
        // The policy's time for reviews holds for rollbacks too.
        var late = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.5")
        for _ in 0..<600 where late.status == 0 {
            late = try await office.run("ann", "run", "standard.yaml", "--input", "version=1.0.5")
        }
        #expect(late.errors.contains("owes a review: review-3 of the rollback"), "\(late.errors)")
        #expect(try await office.tminus.run("audit", "verify").status == 0)
        await office.close()
    }

    private static func git(_ tminus: Tminus, _ arguments: String...) async throws {
        var environment = tminus.environment
        environment["HOME"] = tminus.folder.path
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Bob"
            environment["GIT_\(role)_EMAIL"] = "bob@example.org"
        }
        let ended = try await Started("/usr/bin/git", arguments, environment, in: tminus.folder).ended()
        try #require(ended.status == 0, "git \(arguments): \(ended.errors)")
    }
}
