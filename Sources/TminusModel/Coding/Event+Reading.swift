extension Event {
    /// Reads one event of a journal.
    ///
    /// - Parameter names: of the run's plan; nil for a run's first event, which brings the plan itself.
    /// - Throws: for anything that this version would not have written. A `type` unknown here names itself, and says
    ///   that a newer Tminus wrote it. A member `hash`, as journal lines have at their end, is passed over.
    package init(json: JSON, names: StepNames?) throws(CodingFault) {
        var reader = EventReader(fields: try Fields(json), names: names)
        _ = reader.fields.take("hash")
        let sequence = try reader.fields.integer("sequence", in: 1...Int.max)
        let at = try reader.fields.instant("atMilliseconds")
        let word = try reader.fields.text("type")
        guard let type = EventType(rawValue: word) else { throw CodingFault.unknown(word) }
        let body: Body
        do throws(CodingFault) {
            body = try reader.body(type)
            try reader.fields.finish()
        } catch {
            throw CodingFault(
                path: error.path, reason: "\(error.reason) (in event \(sequence), \(word))", isTooNew: error.isTooNew)
        }
        self.init(sequence: sequence, at: at, body: body)
    }
}

private struct EventReader {
    var fields: Fields
    let names: StepNames?

    private func known() throws(CodingFault) -> StepNames {
        guard let names else { throw CodingFault(reason: "comes before the event that brings the plan") }
        return names
    }

    private mutating func step() throws(CodingFault) -> StepIndex {
        let names = try known()
        return try fields.required("step") { json throws(CodingFault) in try names.steps.position(json, "step") }
    }

    private mutating func phase() throws(CodingFault) -> Int {
        let names = try known()
        return try fields.required("phase") { json throws(CodingFault) in try names.phases.position(json, "phase") }
    }

    private mutating func rule() throws(CodingFault) -> Int {
        let names = try known()
        return try fields.required("rule") { json throws(CodingFault) in try names.rules.position(json, "rule") }
    }

    private mutating func by() throws(CodingFault) -> String { try fields.text("by") }
    private mutating func reason() throws(CodingFault) -> String { try fields.text("reason") }
    private mutating func role() throws(CodingFault) -> AttemptID.Role { try fields.word("role") }

    private mutating func act(of step: StepIndex, default absent: Int? = nil) throws(CodingFault) -> Int {
        try fields.integer("act", in: 0...(try known().actCounts[step] - 1), default: absent)
    }

    private mutating func attempt() throws(CodingFault) -> AttemptID {
        let step = try step()
        return AttemptID(
            step: step, role: try role(), number: try fields.integer("number", in: 1...1_000_000),
            act: try act(of: step, default: 0))
    }

    mutating func body(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .runSubmitted, .lockWaited, .runStarted, .runPaused, .runResumed, .abortAsked, .rollbackStarted,
            .runEnded, .pageRaised:
            try runBody(type)
        case .freezesSet, .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused,
            .lockBroken:
            try controlBody(type)
        case .phaseSealed, .sealChecked, .sealRenewed: try sealBody(type)
        case .windowSet, .phaseStarted, .phaseFinished, .evidenceExpired, .stepWaiting, .budgetJudged,
            .costMeasured, .goGiven, .approvalAsked, .approvalGiven, .approvalRejected, .approvalExpired, .ruleOpened,
            .ruleJudged, .ruleClosed, .ruleAccepted:
            try gateBody(type)
        case .attemptStarting, .attemptRunning, .attemptStopping, .attemptEnded, .retryScheduled, .holdStarted,
            .holdFinished:
            try attemptBody(type)
        case .stepSucceeded, .stepFailed, .stepUnknown, .stepResolved, .stepCancelled, .stepSkipped, .stepBypassed,
            .retryAsked, .stepRolledBack, .stepRollbackFailed, .stepRollbackSkipped, .bracketKept,
            .bracketLifted:
            try stepBody(type)
        }
    }

    private mutating func runBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .runSubmitted: .runSubmitted(try Submission(&fields))
        case .lockWaited: .lockWaited(holder: try fields.text("holder"))
        case .runStarted: .runStarted
        case .runPaused: .runPaused(by: try by(), reason: try reason())
        case .runResumed: .runResumed(by: try by())
        case .abortAsked:
            .abortAsked(by: try by(), reason: try reason(), keepsEffects: try fields.required("keepsEffects"))
        case .rollbackStarted:
            .rollbackStarted(cause: try rollbackCause(), reason: try reason())
        case .runEnded: .runEnded(outcome: try fields.word("outcome"), reason: try reason())
        case .pageRaised: .pageRaised(key: try fields.text("key"), reason: try reason())
        default: throw CodingFault.unknown(type.rawValue)
        }
    }

    private mutating func controlBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .freezesSet: .freezesSet(try fields.list("freezes"))
        case .freezeOverridden:
            .freezeOverridden(freeze: try fields.text("freeze"), by: try by(), reason: try reason())
        case .changeApproved:
            .changeApproved(
                by: try by(),
                entries: try fields.list("entries") { json throws(CodingFault) in try Int(json: json) },
                comment: try fields.text("comment"))
        case .changeRejected: .changeRejected(by: try by(), reason: try reason())
        case .changeExpired: .changeExpired
        case .orderRefused: .orderRefused(by: try by(), order: try fields.text("order"), reason: try reason())
        case .lockBroken: .lockBroken(by: try by(), reason: try reason())
        default: throw CodingFault.unknown(type.rawValue)
        }
    }

    private mutating func sealBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .phaseSealed: .phaseSealed(phase: try phase(), digest: try fields.text("digest"))
        case .sealChecked:
            .sealChecked(
                phase: try phase(), digest: try fields.optional("digest"), faults: try fields.list("faults"))
        case .sealRenewed: .sealRenewed(phase: try phase(), by: try by(), reason: try reason())
        default: throw CodingFault.unknown(type.rawValue)
        }
    }

    private mutating func rollbackCause() throws(CodingFault) -> RollbackCause {
        let names = try known()
        return try fields.required("cause") { json throws(CodingFault) in
            try RollbackCause(json: json, names: names)
        }
    }

    private mutating func gateBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .windowSet:
            .windowSet(
                phase: try phase(), opens: try fields.instant("opensMilliseconds"),
                closes: try fields.instant("closesMilliseconds"))
        case .phaseStarted: .phaseStarted(phase: try phase())
        case .phaseFinished: .phaseFinished(phase: try phase())
        case .evidenceExpired: .evidenceExpired(step: try step())
        case .stepWaiting: .stepWaiting(step: try step(), for: try fields.word("for"))
        case .budgetJudged:
            .budgetJudged(
                step: try step(), measurement: try fields.required("measurement"),
                judgement: try fields.required("judgement"))
        case .costMeasured:
            .costMeasured(
                step: try step(), part: try fields.word("part"), measurement: try fields.required("measurement"))
        case .goGiven: .goGiven(step: try step(), by: try by(), reason: try reason())
        case .approvalAsked:
            .approvalAsked(step: try step(), expires: try fields.optionalInstant("expiresMilliseconds"))
        case .approvalGiven:
            .approvalGiven(step: try step(), by: try by(), comment: try fields.text("comment"))
        case .approvalRejected: .approvalRejected(step: try step(), by: try by(), reason: try reason())
        case .approvalExpired: .approvalExpired(step: try step())
        case .ruleOpened: .ruleOpened(rule: try rule())
        case .ruleJudged:
            .ruleJudged(
                rule: try rule(), measurement: try fields.required("measurement"),
                judgement: try fields.required("judgement"))
        case .ruleClosed: .ruleClosed(rule: try rule(), judgement: try fields.required("judgement"))
        case .ruleAccepted: .ruleAccepted(rule: try rule(), by: try by(), reason: try reason())
        default: throw CodingFault.unknown(type.rawValue)
        }
    }

    private mutating func attemptBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        switch type {
        case .attemptStarting: return .attemptStarting(try attempt())
        case .attemptRunning: return .attemptRunning(try attempt())
        case .attemptStopping: return .attemptStopping(try attempt(), reason: try reason())
        case .attemptEnded: return .attemptEnded(try attempt(), try fields.required("result"))
        case .retryScheduled:
            return .retryScheduled(
                step: try step(), role: try role(), at: try fields.instant("againAtMilliseconds"))
        case .holdStarted:
            let step = try step()
            return .holdStarted(
                step: step, act: try act(of: step), until: try fields.instant("untilMilliseconds"))
        case .holdFinished:
            let step = try step()
            return .holdFinished(step: step, act: try act(of: step))
        default: throw CodingFault.unknown(type.rawValue)
        }
    }

    private mutating func stepBody(_ type: EventType) throws(CodingFault) -> Event.Body {
        let step = try step()
        switch type {
        case .stepSucceeded: return .stepSucceeded(step: step)
        case .stepFailed:
            return .stepFailed(step: step, cause: try fields.required("cause"), reason: try reason())
        case .stepUnknown: return .stepUnknown(step: step, role: try role(), reason: try reason())
        case .stepResolved:
            return .stepResolved(
                step: step, role: try role(), isDone: try fields.required("isDone"), by: try by(),
                reason: try reason())
        case .stepCancelled: return .stepCancelled(step: step, reason: try reason())
        case .stepSkipped: return .stepSkipped(step: step, reason: try reason())
        case .stepBypassed: return .stepBypassed(step: step, by: try by(), reason: try reason())
        case .retryAsked: return .retryAsked(step: step, by: try by(), reason: try reason())
        case .stepRolledBack: return .stepRolledBack(step: step)
        case .stepRollbackFailed: return .stepRollbackFailed(step: step, reason: try reason())
        case .stepRollbackSkipped: return .stepRollbackSkipped(step: step, reason: try reason())
        case .bracketKept: return .bracketKept(step: step, reason: try reason())
        case .bracketLifted: return .bracketLifted(step: step, by: try by(), reason: try reason())
        default: throw CodingFault.unknown(type.rawValue)
        }
    }
}

extension Submission {
    fileprivate init(_ fields: inout Fields) throws(CodingFault) {
        let run = try fields.text("run")
        let by = try fields.text("by")
        let reason: String? = try fields.optional("reason")
        let pausesAfter = fields.take("pausesAfter")
        let endsAfter = fields.take("endsAfter")
        let sealed = fields.take("sealed")
        let requirement: ChangeRequirement? = try fields.optional("requirement")
        let lineage: Lineage? = try fields.optional("lineage")
        let isAutomated = try fields.flag("isAutomated")
        let changes: [ChangelogEntry] = try fields.list("changes")
        let digest = try fields.text("digest")
        guard digest.isHexadecimal(digits: 64) else { throw CodingFault(path: "digest", reason: "is no SHA-256") }
        self.init(run: run, plan: try fields.required("plan"), digest: digest, by: by, reason: reason)
        self.requirement = requirement
        self.lineage = lineage
        self.isAutomated = isAutomated
        self.changes = changes
        let phases = NameTable(plan.phases.map(\.name))
        self.pausesAfter = try Self.inside("pausesAfter", pausesAfter) { json throws(CodingFault) in
            try phases.position(json, "phase")
        }
        self.endsAfter = try Self.inside("endsAfter", endsAfter) { json throws(CodingFault) in
            try phases.position(json, "phase")
        }
        self.sealed = try Self.inside("sealed", sealed) { json throws(CodingFault) in
            try SealedStart(json: json, phases: phases)
        }
    }

    private static func inside<Value>(
        _ key: String, _ json: JSON?, _ read: (JSON) throws(CodingFault) -> Value
    ) throws(CodingFault) -> Value? {
        guard let json else { return nil }
        do throws(CodingFault) { return try read(json) } catch { throw error.inside(key) }
    }
}
