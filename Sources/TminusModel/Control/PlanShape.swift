extension Plan {
    /// What a template of a standard change is compared by: all that decides what a run does, and nothing that differs
    /// from one run to the next.
    ///
    /// Of the inputs their names and types count, not their values; the folder, the tag, the contacts, the class and
    /// the type of release do not, nor does what was learned from earlier runs. The digests of the files that steps run
    /// do: another script is another change.
    package var shape: JSON {
        let left = ["folder", "inputs", "contacts", "change", "release", "source"]
        let kept = (unlearned.json.members ?? []).filter { !left.contains($0.key) }
        let inputs = inputs.map { JSON.members(["name": .string($0.name), "kind": .string($0.kind.rawValue)]) }
        return .object(kept + [JSON.Member("inputs", .array(inputs))])
    }

    /// Without what the engine wrote into it of the past: that changes from run to run, and nobody wrote it.
    private var unlearned: Plan {
        var plan = self
        for index in plan.rules.indices { plan.rules[index].conduct.burstiness = nil }
        for index in plan.steps.indices where plan.steps[index].budget?.pastCost != nil {
            plan.steps[index].budget?.pastCost = nil
            if plan.steps[index].budget == StepBudget(reason: "") { plan.steps[index].budget = nil }
        }
        return plan
    }

    /// The phase that starts only with the approvals and after the lead time: T-0, or an earlier phase that already
    /// has a step with an effect. Without either it is the first.
    package var controlledPhase: Int {
        let release = phases.firstIndex { $0.name == "T-0" }
        let effect = steps.lazy.filter(\.hasEffect).map(\.phase).min()
        return min(release ?? Int.max, effect ?? release ?? 0)
    }
}
