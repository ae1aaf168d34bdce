import Foundation
import TminusModel

/// A checked document → a pipeline.
struct PipelineDecoder {
    private let root: YAMLNode
    private let place: any PipelinePlace
    private var decoding: Decoding

    init(root: YAMLNode, source: SourceText, place: any PipelinePlace) {
        self.root = root
        self.place = place
        decoding = Decoding(source: source, folder: place.folder, list: DiagnosticList())
    }

    mutating func pipeline(path: String) throws(DiagnosticsError) -> Pipeline {
        checkShapes()
        try decoding.list.throwIfErrors()
        let name = root["pipeline"]?.text ?? ""
        let service = root["service"]?.text ?? name
        let (phases, bodies) = phases()
        let steps = StepDrafts(bodies, &decoding)
        let needs = Needs(steps, &decoding)
        let slo = slo(service)
        let measuring = MeasuringDecoder(root, slo, steps, &decoding)
        let hasBudget = root["budget"] != nil
        var planned = steps.drafts.indices.map { index in
            StepDecoder(
                draft: steps.drafts[index], index: index, needs: needs.needs[index], steps: steps, hasBudget: hasBudget
            ).step(&decoding)
        }
        var budget = measuring.budget
        // A forecast that nothing compares with what is left would be an empty promise.
        if budget?.reserve == nil, planned.contains(where: { $0.budget?.forecast != nil }) { budget?.reserve = .zero }
        if let budget {
            planned = CanarySizes(budget: budget, rules: measuring.rules, metrics: measuring.metrics, steps: steps)
                .size(planned, &decoding)
        } else if root["budget"] == nil {
            for draft in steps.drafts {
                guard let weights = draft.node["canary"]?["weights"], weights.text == "auto" else { continue }
                decoding.error(
                    at: weights, "'weights: auto' is sized by the budget, and the pipeline has none",
                    fix: "add 'slo:', 'metrics:', 'budget:' and a rule under 'judge:', or write the weights")
            }
        }
        var plan = Plan(
            pipeline: name, service: service, environment: root["environment"]?.text ?? "",
            change: root["change"].flatMap { ChangeClass(rawValue: $0.text) } ?? .normal,
            release: root["release"].flatMap { ReleaseType(rawValue: $0.text) } ?? .minor,
            folder: decoding.folder, phases: phases, steps: planned)
        plan.contacts = contacts
        plan.indicators = measuring.indicators
        plan.metrics = measuring.metrics
        plan.budget = budget
        plan.rules = PlannedInformation.filled(measuring.rules, planned, root, &decoding)
        plan.deadline = root["deadline"]?.duration
        if let parallel = root["maxParallel"]?.integer { plan.attemptsAtOnceMax = parallel }
        if let onPage = root["onPage"] { plan.onPage = decoding.command(onPage) }
        let inputs = InputSpec.specs(root["inputs"], &decoding)
        checkBrackets(plan, steps, needs)
        Coverage.check(plan, steps, needs, &decoding)
        warn(plan, steps, slo)
        try decoding.list.throwIfErrors()
        return Pipeline(
            path: path, draft: plan, inputs: inputs, pins: decoding.pins, source: decoding.source,
            warnings: decoding.list.sorted)
    }

    private mutating func checkShapes() {
        var check = ShapeCheck(source: decoding.source)
        check.check(root, .pipeline, subject: "the pipeline")
        decoding.list = check.list
        let phases = root.entries.filter { ShapeCheck.isPhase($0.key.text) }
        guard let steps = root.entry("steps") else {
            let looksLikePhase = root.entries.contains { $0.value["steps"] != nil }
            if phases.isEmpty, !looksLikePhase, case .mapping = root.content {
                let fix = "add 'steps:', or phases 'T-1:' and 'T-0:' with 'steps:' in each"
                decoding.list.add(
                    decoding.source.diagnostic(at: root.mark, "the pipeline has no steps", fix: fix))
            }
            return
        }
        if let phase = phases.first {
            decoding.error(
                at: steps.key, "the pipeline has both 'steps' and the phase '\(phase.key.text)'",
                fix: "put the steps into a phase, or remove the phases")
        }
    }

    // MARK: - Phases

    private typealias Bodies = [(name: String, steps: YAMLNode)]

    private mutating func phases() -> (phases: [Phase], bodies: Bodies) {
        if let steps = root["steps"] { return ([Phase(name: "T-0")], [("T-0", steps)]) }
        var phases: [Phase] = []
        var bodies: Bodies = []
        var last: (name: String, number: Int)?
        for entry in root.entries {
            guard let number = ShapeCheck.phaseNumber(entry.key.text), let steps = entry.value["steps"] else {
                continue
            }
            if let last, number <= last.number {
                decoding.error(
                    at: entry.key, "phase '\(entry.key.text)' stands after '\(last.name)', but comes before it",
                    fix: "write phases in the order they run: T-1, T-0, T+1")
            }
            last = (entry.key.text, number)
            phases.append(Phase(name: entry.key.text, window: entry.value["window"].flatMap { window($0) }))
            bodies.append((entry.key.text, steps))
        }
        return (phases, bodies)
    }

    private mutating func window(_ node: YAMLNode) -> Window? {
        guard let from = node["from"], let until = node["until"], let zone = node["zone"],
            let start = TextRule.minute(from.text), let end = TextRule.minute(until.text)
        else { return nil }
        if start >= end {
            decoding.error(
                at: until, "the window ends at \(until.text), before it starts at \(from.text)",
                fix: "write a later end; for a window over midnight, end it at \"24:00\" or use another zone")
        }
        if TimeZone(identifier: zone.text) == nil {
            let fix = Nearest.fix(
                for: zone.text, in: TimeZone.knownTimeZoneIdentifiers,
                otherwise: "write an IANA name, such as Europe/Berlin or Asia/Tokyo")
            decoding.error(at: zone, "no time zone '\(zone.text)'", fix: fix)
        }
        return Window(fromMinute: start, untilMinute: end, zone: zone.text)
    }

    // MARK: - The rest

    private var contacts: [Contact] {
        (root["contacts"]?.oneOrMore ?? []).map {
            Contact(role: $0["role"]?.text ?? "", name: $0["name"]?.text ?? "", reach: $0["reach"]?.text ?? "")
        }
    }

    private mutating func slo(_ service: String) -> SLO? {
        guard let node = root["slo"] else { return nil }
        guard case .scalar(let text, _) = node.content else { return SLO(short: node, &decoding) }
        guard place.look(text) != nil else {
            decoding.error(
                at: node, "no file '\(text)' in the pipeline's folder", fix: "write the path of an OpenSLO file")
            return .broken
        }
        var found = DiagnosticList()
        let slo = SLOFile.slo(path: text, in: place, shownAs: shown(text), service: service, &found)
        decoding.list.add(contentsOf: found.diagnostics)
        return found.hasErrors ? .broken : slo
    }

    /// A path beside the pipeline, as a person in the folder from which they named the pipeline would write it.
    private func shown(_ text: String) -> String {
        guard !text.hasPrefix("/"), let slash = decoding.source.file.lastIndex(of: "/") else { return text }
        return decoding.source.file[...slash] + text
    }

    private mutating func checkBrackets(_ plan: Plan, _ steps: StepDrafts, _ needs: Needs) {
        for (index, step) in plan.steps.enumerated() {
            guard case .maintenance(let bracket) = step.kind, bracket.until > index else { continue }
            guard !needs.after([index], steps)[bracket.until] else { continue }
            let until = plan.steps[bracket.until].name
            decoding.error(
                at: steps.drafts[index].node["maintenance"]?["until"] ?? steps.drafts[index].node,
                "maintenance '\(step.name)' ends after '\(until)', which does not wait for it",
                fix: "let '\(until)' need '\(step.name)', directly or through other steps")
        }
    }

    private mutating func warn(_ plan: Plan, _ steps: StepDrafts, _ slo: SLO?) {
        if let slo, !slo.isBroken, plan.budget == nil, plan.rules.isEmpty, root["budget"] == nil, root["judge"] == nil,
            let key = root.entry("slo")?.key
        {
            decoding.warning(
                at: key, "nothing reads this SLO",
                fix: "add 'budget:' to gate steps by it, or 'judge:' to roll back by it")
        }
        let judged = Set(plan.rules.flatMap(\.during))
        for (index, step) in plan.steps.enumerated() {
            guard case .canary = step.kind, !judged.contains(index), root["judge"] == nil || !plan.rules.isEmpty else {
                continue
            }
            decoding.warning(
                at: steps.drafts[index].key, "no judging rule watches the canary '\(step.name)'",
                fix: "add it to 'during' of a rule under 'judge:'; without one it only waits at each weight")
        }
        if plan.environment == Coverage.production, root["budget"] == nil, let node = root.entry("environment") {
            decoding.warning(
                at: node.key, "production without an error-budget gate",
                fix: "add 'slo:', 'metrics:' and 'budget:', so that no step starts on a burnt budget")
        }
    }
}
