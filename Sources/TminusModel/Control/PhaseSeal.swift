/// What stood when a phase was done: the plan, who approved, and the evidence with how long it counts. The next phase
/// builds on exactly this.
package struct PhaseSeal: Equatable, Sendable {
    package struct Approval: Equatable, Sendable {
        /// The step that asked; `change` for the approval that the policy demands.
        package var step: String
        package var by: String
        package var at: Instant
        /// Until when it counts; nil for as long as the run.
        package var validUntil: Instant?

        package init(step: String, by: String, at: Instant, validUntil: Instant? = nil) {
            self.step = step
            self.by = by
            self.at = at
            self.validUntil = validUntil
        }
    }

    package struct Evidence: Equatable, Sendable {
        package var step: String
        /// `succeeded`, `skipped`, `bypassed` or `failed` (and accepted).
        package var status: String
        package var ended: Instant?
        /// Until when it counts; nil for as long as the run.
        package var validUntil: Instant?
        /// What the step wrote.
        package var outputs: [Variable]

        package init(step: String, status: String, ended: Instant?, validUntil: Instant?, outputs: [Variable]) {
            self.step = step
            self.status = status
            self.ended = ended
            self.validUntil = validUntil
            self.outputs = outputs
        }
    }

    package static let format = 1

    package var run: String
    package var phase: String
    package var sealed: Instant
    package var plan: Plan
    /// SHA-256 of the plan's canonical JSON; the plan binds its files, inputs and tag.
    package var digest: String
    package var approvals: [Approval]
    package var evidence: [Evidence]

    package init(
        run: String, phase: String, sealed: Instant, plan: Plan, digest: String, approvals: [Approval],
        evidence: [Evidence]
    ) {
        self.run = run
        self.phase = phase
        self.sealed = sealed
        self.plan = plan
        self.digest = digest
        self.approvals = approvals
        self.evidence = evidence
    }

    /// Names of the steps whose evidence no longer counts at `instant`, in plan order.
    package func stale(at instant: Instant) -> [String] {
        evidence.filter { $0.validUntil.map { $0 <= instant } ?? false }.map(\.step)
    }
}

extension PhaseSeal.Approval: ReadFromJSON {
    package var json: JSON {
        .members([
            "step": .string(step), "by": .string(by), "atMilliseconds": .milliseconds(at),
            "validUntilMilliseconds": .milliseconds(validUntil),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            step: try fields.text("step"), by: try fields.text("by"), at: try fields.instant("atMilliseconds"),
            validUntil: try fields.optionalInstant("validUntilMilliseconds"))
        try fields.finish()
    }
}

extension PhaseSeal.Evidence: ReadFromJSON {
    package var json: JSON {
        .members([
            "step": .string(step), "status": .string(status), "endedMilliseconds": .milliseconds(ended),
            "validUntilMilliseconds": .milliseconds(validUntil),
            "outputs": .unlessEmpty(
                outputs.map { .members(["name": .string($0.name), "value": .string($0.value)]) }),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let step = try fields.text("step")
        let status = try fields.text("status")
        let ended = try fields.optionalInstant("endedMilliseconds")
        let validUntil = try fields.optionalInstant("validUntilMilliseconds")
        let outputs = try fields.list("outputs") { json throws(CodingFault) in
            var fields = try Fields(json)
            let output = Variable(name: try fields.text("name"), value: try fields.text("value"))
            try fields.finish()
            return output
        }
        self.init(step: step, status: status, ended: ended, validUntil: validUntil, outputs: outputs)
        try fields.finish()
    }
}

extension PhaseSeal: ReadFromJSON {
    package var json: JSON {
        .members([
            "format": .integer(Self.format), "run": .string(run), "phase": .string(phase),
            "sealedMilliseconds": .milliseconds(sealed), "digest": .string(digest),
            "approvals": .unlessEmpty(approvals.map(\.json)), "evidence": .unlessEmpty(evidence.map(\.json)),
            "plan": plan.json,
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        _ = try fields.integer("format", in: Self.format...Self.format)
        let run = try fields.text("run")
        let phase = try fields.text("phase")
        let sealed = try fields.instant("sealedMilliseconds")
        let digest = try fields.text("digest")
        let approvals: [Approval] = try fields.list("approvals")
        let evidence: [Evidence] = try fields.list("evidence")
        self.init(
            run: run, phase: phase, sealed: sealed, plan: try fields.required("plan"), digest: digest,
            approvals: approvals, evidence: evidence)
        try fields.finish()
    }
}
