import Testing
import TminusModel
import TminusPorts

@testable import TminusPolicy

@Suite struct ChangeDecisionTests {
    static let text = """
        zone: Asia/Tokyo
        people:
          ann: {addresses: [ann@shop.example]}
          bob: {keys: ["SHA256:bobs"]}
          chie: {}
          dai: {}
        groups: {developers: [ann, bob], cab: [chie, dai, bob], managers: [chie]}
        rights: {start: ["group:developers"], emergency: [ann], rollback: [ann], unblock: [dai], review: [chie, dai]}
        calendars: {jp: {holidays: [japan]}}
        environments:
          dev: {controlled: false}
          staging: {after: [dev]}
          production:
            after: [{environment: staging, soak: 24h}, {environment: dev, optional: true}]
            hotfixMaySkip: [staging]
        changes:
          standard: {templates: {weekly: HASH}}
          normal:
            approvals: [{role: operations manager, from: ["group:managers"]}]
            leadTime: {businessDays: 3, calendar: jp}
            expires: 14d
          emergency: {reviewWithin: {businessDays: 5, calendar: jp}, freezeExempt: true, budgetExempt: true}
          major: {approvals: [{role: CAB, from: ["group:cab"], count: 2}]}
        releases: {major: major, minor: normal}
        """

    static let now = "2026-11-20T10:00"

    static let digits = String(repeating: "a", count: 40)

    static func plan(_ environment: String = "production", _ change: ChangeClass = .normal) -> Plan {
        var deploy = Step(name: "deploy", phase: 1, kind: .run(Command(argv: ["deploy"])), hasEffect: true)
        deploy.needs = [0]
        var plan = Plan(
            pipeline: "checkout", service: "checkout", environment: environment, change: change, release: .patch,
            folder: "/p", phases: [Phase(name: "T-1"), Phase(name: "T-0")],
            steps: [Step(name: "wait", phase: 0, kind: .wait(.seconds(1)), hasEffect: false), deploy])
        plan.inputs = [PlanInput(name: "version", kind: .version, value: "v2")]
        return plan
    }

    static func record(
        _ run: String, _ environment: String, _ ended: String, version: String = "v2",
        outcome: RunOutcome = .succeeded, lineage: Lineage? = nil
    ) throws -> ReleaseRecord {
        ReleaseRecord(
            run: run, service: "checkout", environment: environment, pipeline: "checkout", outcome: outcome,
            hadEffect: true, change: .normal, release: .patch, version: version, lineage: lineage, digest: "d",
            ended: try instant(ended, "Asia/Tokyo"))
    }

    /// A change by ann of what was in staging for two days, with `change` made to it.
    func decide(
        _ plan: Plan = plan(), text: String = text, _ change: (inout ProposedChange) throws -> Void = { _ in }
    ) throws -> ChangeRequirement {
        let hash = Self.plan().shapeHash
        let policy = try policy(text.replacing("HASH", with: hash))
        var proposed = ProposedChange(
            plan: plan, digest: "d", by: policy.known(Person(name: "ann")), at: try instant(Self.now, "Asia/Tokyo"))
        proposed.releases = [
            try Self.record("checkout-2", "staging", "2026-11-18T10:00"),
            try Self.record("checkout-1", "dev", "2026-11-17T10:00"),
        ]
        try change(&proposed)
        return try ChangeDecision(policy, proposed).requirement()
    }

    func refusal(
        _ plan: Plan = plan(), _ change: (inout ProposedChange) throws -> Void = { _ in }
    ) throws -> String {
        do {
            _ = try decide(plan, change)
            return ""
        } catch let fault as PolicyFault {
            #expect(fault.code == .refused)
            return fault.description
        }
    }

    // MARK: - Classes

    @Test func aNormalChangeNeedsApprovalsAndItsLeadTime() throws {
        let requirement = try decide()
        #expect(requirement.change == .normal)
        #expect(requirement.reclassified == nil)
        #expect(requirement.approvals.map(\.role) == ["operations manager"])
        #expect(requirement.phase == 1)
        // Monday is a holiday.
        #expect(try requirement.notBefore == instant("2026-11-26T10:00", "Asia/Tokyo"))
        #expect(requirement.leadTime.hasPrefix("3 business days of calendar jp from Fri 2026-11-20 10:00"))
        #expect(try requirement.expires == instant("2026-12-04T10:00", "Asia/Tokyo"))
        #expect(requirement.barred == ["ann"])
    }

    @Test func aStandardChangeIsOneOfTheTemplates() throws {
        let standard = try decide(Self.plan("production", .standard))
        #expect(standard.change == .standard)
        #expect(standard.approvals.isEmpty)
        #expect(standard.notBefore == nil)
        var other = Self.plan("production", .standard)
        other.steps[1].kind = .run(Command(argv: ["deploy", "--force"]))
        let normal = try decide(other)
        #expect(normal.change == .normal)
        #expect(
            normal.reclassified?.hasPrefix("its steps are not those of a template (weekly); their hash is ") == true)
        #expect(normal.approvals.count == 1)
    }

    @Test func whatDiffersFromRunToRunIsNoDeviation() throws {
        var plan = Self.plan("production", .standard)
        plan.inputs[0].value = "v3"
        plan.folder = "/elsewhere"
        plan.contacts = [Contact(role: "a", name: "b", reach: "c")]
        #expect(plan.shapeHash == Self.plan().shapeHash)
        plan.files = [PinnedFile(path: "deploy", digest: "00", size: 1, isExecutable: true)]
        #expect(plan.shapeHash != Self.plan().shapeHash)
    }

    @Test func aReleaseTypeRaisesTheClass() throws {
        var plan = Self.plan("production", .standard)
        plan.release = .major
        let requirement = try decide(plan)
        #expect(requirement.change == .major)
        #expect(requirement.reclassified == "a major release is at least a major change by the policy")
        #expect(try requirement.notBefore == instant("2026-11-27T10:00", "Asia/Tokyo"))
    }

    @Test func anEmergencyNeedsAnIncidentAndOwesAReview() throws {
        let plan = Self.plan("production", .emergency)
        #expect(try refusal(plan).hasPrefix("an emergency change names its incident: start it with `tminus hotfix"))
        let requirement = try decide(plan) { $0.incident = "INC-042" }
        #expect(requirement.isFreezeExempt)
        #expect(requirement.isBudgetExempt)
        #expect(requirement.incident == "INC-042")
        #expect(try requirement.reviewDue == instant("2026-11-30T10:00", "Asia/Tokyo"))
        #expect(requirement.notBefore == nil)
    }

    @Test func aHotfixIsAnEmergencyOnlyWithAnIncident() throws {
        var plan = Self.plan()
        plan.release = .hotfix
        #expect(try decide(plan).notes == ["a hotfix without an incident is a normal change like any other"])
        let requirement = try decide(plan) {
            $0.lineage = .hotfix(incident: "INC-7")
            $0.releases = []
        }
        #expect(requirement.change == .emergency)
        #expect(requirement.reclassified == "a hotfix for incident INC-7 is an emergency change")
        #expect(
            requirement.notes.contains { $0.hasPrefix("hotfix: staging was skipped before production; it was never") })
    }

    @Test func environmentsOutsideOfChangeControlNeedNothing() throws {
        let requirement = try decide(Self.plan("dev", .major))
        #expect(requirement.approvals.isEmpty)
        #expect(requirement.notBefore == nil)
        #expect(requirement.notes.count == 1)
    }

    @Test func whereOnlyTagsAreReleasedAPlanFromFilesIsRefused() throws {
        let text =
            Self.text.replacing("hotfixMaySkip: [staging]", with: "source: tag")
            + "\nrepositories: {shop: {url: /srv/shop.git}}\n"
        try #require(text.contains("source: tag"))
        let fault = #expect(throws: PolicyFault.self) { try decide(text: text) }
        #expect(
            fault?.description == "only tags are released to production, and this plan was made from files. Tag the "
                + "commit, then: tminus run --repo ADDRESS --tag TAG PIPELINE; for an incident: tminus hotfix --tag "
                + "TAG --incident INC-042. To go back no tag is needed: tminus rollback.")
        // An incident is no way around it.
        #expect(throws: PolicyFault.self) {
            try decide(text: text) {
                $0.lineage = .hotfix(incident: "INC-7")
                $0.incident = "INC-7"
            }
        }
        let back = try decide(text: text) { $0.lineage = .rollback(of: "checkout-9", restores: nil) }
        #expect(back.notes == ["a rollback: no approvals, no lead time, no freeze and no budget hold it"])
        var tagged = Self.plan()
        tagged.source = PlanSource(
            repository: "/srv/shop.git", tag: "v2", object: Self.digits, commit: Self.digits, tree: Self.digits,
            path: "checkout.yaml", committed: try instant(Self.now, "Asia/Tokyo"))
        #expect(try decide(tagged, text: text).change == .normal)
        #expect(try decide(Self.plan("staging"), text: text).change == .normal)
    }

    @Test func aClassThatIsNotListedIsRefused() throws {
        let text = "changes: {normal: {leadTime: 1d}}\n"
        #expect(throws: PolicyFault.self) { try decide(Self.plan("production", .major), text: text) }
        let standard = try decide(Self.plan("production", .standard), text: text)
        #expect(standard.reclassified == "the policy has no templates of standard changes")
    }

    @Test func aRollbackWaitsForNothing() throws {
        let requirement = try decide { proposed in
            proposed.lineage = .rollback(of: "checkout-9", restores: nil)
            proposed.blocks = [ReleaseBlock(service: "checkout", version: "v2", by: "dai", reason: "r")]
        }
        #expect(requirement.approvals.isEmpty)
        #expect(requirement.isFreezeExempt && requirement.isBudgetExempt)
        #expect(requirement.reviewDue != nil)
        let refused = try refusal { proposed in
            proposed.lineage = .rollback(of: "checkout-9", restores: nil)
            proposed.by.rights = [.start]
        }
        #expect(refused == "ann may not roll back: only ann may (right 'rollback').")
    }
}

@Suite struct ChangeRefusalTests {
    private let base = ChangeDecisionTests()

    @Test func whoMayNotStartIsToldWhoMay() throws {
        let refused = try base.refusal { $0.by = Person(name: "eve", rights: []) }
        #expect(refused == "eve may not start a run: only group developers may (right 'start').")
        let emergency = try base.refusal(ChangeDecisionTests.plan("production", .emergency)) { proposed in
            proposed.incident = "INC-1"
            proposed.by.rights = [.start]
        }
        #expect(emergency.contains("may not make an emergency change: only ann may (right 'emergency')"))
    }

    @Test func aVersionGoesFromOneEnvironmentToTheNext() throws {
        let never = try base.refusal { $0.releases = [] }
        #expect(
            never == "v2 may not go to production yet: it was never released to staging; release it there first.")
        let soaking = try base.refusal { $0.at = try instant("2026-11-18T16:30", "Asia/Tokyo") }
        #expect(
            soaking == "v2 may not go to production yet: it was in staging for 6h30m of 1d; it may go on from "
                + "Thu 2026-11-19 10:00 (Asia/Tokyo).")
        let failed = try base.refusal {
            $0.releases.insert(
                try ChangeDecisionTests.record("checkout-3", "staging", "2026-11-19T10:00", outcome: .rolledBack), at: 0
            )
        }
        #expect(failed.contains("its last release to staging (checkout-3) did not succeed"))
        let withdrawn = try base.refusal {
            let lineage = Lineage.rollback(of: "checkout-2", restores: nil)
            $0.releases.insert(
                try ChangeDecisionTests.record("checkout-3", "staging", "2026-11-19T20:00", lineage: lineage), at: 0)
        }
        #expect(withdrawn.contains("its release to staging (checkout-2) was rolled back"))
        let replaced = try base.refusal {
            $0.releases.insert(
                try ChangeDecisionTests.record("checkout-3", "staging", "2026-11-18T12:00", version: "v3"), at: 0)
        }
        #expect(replaced.contains("it was in staging for 2h of 1d, and then something else was released there"))
    }

    @Test func anEnvironmentThatIsNotInThePolicyIsRefused() throws {
        #expect(
            try base.refusal(ChangeDecisionTests.plan("prod")).hasPrefix(
                "the policy knows no environment 'prod'; it has"))
    }

    @Test func aTagThatWasMovedIsAnotherVersion() throws {
        var plan = ChangeDecisionTests.plan()
        let pin = TagPin(object: "aa", commit: "aa")
        plan.inputs = [PlanInput(name: "version", kind: .tag, value: "v2", pin: pin)]
        let refused = try base.refusal(plan) { proposed in
            for index in proposed.releases.indices { proposed.releases[index].commit = "bb" }
        }
        #expect(refused.contains("never released to staging"))
    }

    @Test func aBlockedVersionSaysWhoMayReleaseIt() throws {
        let refused = try base.refusal {
            $0.blocks = [ReleaseBlock(service: "checkout", version: "v2", by: "bob", reason: "leaks memory")]
        }
        #expect(
            refused == "v2 of checkout was blocked by bob: leaks memory. To release it: only dai may (right 'unblock')."
        )
    }

    @Test func anOverdueReviewBlocksAllButEmergencies() throws {
        func review(_ proposed: inout ProposedChange, due: String) throws {
            proposed.reviews = [
                Review(
                    name: "review-1", kind: .emergency, run: "checkout-7", service: "checkout",
                    environment: "production", by: "ann", reason: "r", due: try instant(due, "Asia/Tokyo"))
            ]
        }
        let refused = try base.refusal { try review(&$0, due: "2026-11-19T10:00") }
        #expect(
            refused.contains("checkout owes a review: review-1 of the emergency checkout-7 by ann was due Thu 2026"))
        #expect(refused.contains("only chie and dai may (right 'review')"))
        #expect(try base.refusal { try review(&$0, due: "2026-11-25T10:00") } == "")
        let emergency = try base.refusal(ChangeDecisionTests.plan("production", .emergency)) {
            $0.incident = "INC-1"
            try review(&$0, due: "2026-11-19T10:00")
        }
        #expect(emergency == "")
    }

    @Test func starterAndTaggerAreBarred() throws {
        var plan = ChangeDecisionTests.plan()
        plan.source = PlanSource(
            repository: "r", tag: "v2", object: "a", commit: "a", tree: "a", path: "p",
            tagger: "Ann <ANN@shop.example>", signer: "SHA256:bobs", committed: Instant(millisecondsSinceEpoch: 0))
        let requirement = try base.decide(plan) { $0.by = Person(name: "dai") }
        #expect(requirement.barred == ["dai", "ann", "bob"])
        plan.source?.signer = nil
        plan.source?.tagger = "Mallory <m@x.example>"
        let unknown = try base.decide(plan) { $0.by.isAutomation = true }
        #expect(unknown.barred == [])
        #expect(unknown.notes == ["the policy does not know who tagged v2: Mallory <m@x.example>"])
    }

    @Test func aQuorumThatCannotBeHadIsRefusedAtOnce() throws {
        let lonely = try base.refusal { $0.by = Person(name: "chie") }
        #expect(
            lonely.hasPrefix(
                "a normal change could never be approved: operations manager needs 1 person of group managers"))
        // bob and dai remain of the CAB.
        #expect(try base.refusal(ChangeDecisionTests.plan("production", .major)) { $0.by = Person(name: "chie") } == "")
        var plan = ChangeDecisionTests.plan("production", .major)
        plan.source = PlanSource(
            repository: "r", tag: "v2", object: "a", commit: "a", tree: "a", path: "p", signer: "SHA256:bobs",
            committed: Instant(millisecondsSinceEpoch: 0))
        let short = try base.refusal(plan) { $0.by = Person(name: "chie") }
        #expect(short.contains("CAB needs 2 people of group cab, and too few are left besides chie and bob"))
    }

    @Test func onePersonCountsForOneApproval() throws {
        let policy = try policy("people: {a: {}, b: {}, c: {}}\n")
        let quorum = Quorum(
            policy,
            [
                ChangeRequirement.Approval(role: "x", from: ["a", "b"]),
                ChangeRequirement.Approval(role: "y", from: ["a"]),
                ChangeRequirement.Approval(role: "z", from: ["a", "b", "c"]),
            ])
        #expect(quorum.lack(barred: []) == nil)
        #expect(quorum.lack(barred: ["c"]) != nil)
    }
}

@Suite struct ControlledPhaseTests {
    @Test func anEarlierPhaseWithAnEffectIsControlled() {
        var plan = ChangeDecisionTests.plan()
        #expect(plan.controlledPhase == 1)
        plan.steps[0].hasEffect = true
        #expect(plan.controlledPhase == 0)
        plan.steps[0].hasEffect = false
        plan.steps[1].hasEffect = false
        #expect(plan.controlledPhase == 1)
        plan.phases = [Phase(name: "T-2"), Phase(name: "T-1")]
        #expect(plan.controlledPhase == 0)
    }
}
