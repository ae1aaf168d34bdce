internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// From a driver's wish for a number to the scraper, and back.
extension Engine {
    func measureBudget(of run: LiveRun) {
        guard let plan = run.plan, let policy = plan.budget, plan.indicators.indices.contains(policy.indicator) else {
            return
        }
        var question = BudgetQuestion(plan, isCandidateRequired: run.driver?.state.isCandidateServing ?? false)
        question?.folder = plan.workingDirectory(files: parts.files.folder(of: run.run))
        Task { [question] in
            let measurement: BudgetMeasurement
            if let question {
                measurement = await scraper.measureBudget(question)
            } else {
                measurement = BudgetMeasurement(
                    at: now, window: .error(Self.noMetrics), observed: .zero, lookbacks: [])
            }
            measured(run, .budgetMeasured(measurement))
        }
    }

    func measure(_ rule: Int, of run: LiveRun, from: Instant) {
        guard let plan = run.plan, plan.rules.indices.contains(rule),
            plan.indicators.indices.contains(plan.rules[rule].indicator)
        else { return }
        let judging = plan.rules[rule]
        let isCandidateRequired = run.driver?.state.isCandidateServing ?? false
        Task {
            let measurement: Measurement
            if let metrics = plan.metrics {
                measurement = await scraper.measure(
                    RuleQuestion(
                        rule: judging, indicator: plan.indicators[judging.indicator], metrics: metrics, from: from,
                        isCandidateRequired: isCandidateRequired, service: plan.service,
                        folder: plan.workingDirectory(files: parts.files.folder(of: run.run))))
            } else {
                let to = max(now, from.advanced(by: .milliseconds(1)))
                measurement = Measurement(from: from, to: to, subject: .error(Self.noMetrics))
            }
            measured(run, .ruleMeasured(rule: rule, measurement))
        }
    }

    /// What all users got of the budget's indicator: both arms, as the gate adds them up.
    func measureCost(_ step: StepIndex, of run: LiveRun, from: Instant) {
        guard let plan = run.plan, let policy = plan.budget, let metrics = plan.metrics,
            plan.indicators.indices.contains(policy.indicator)
        else { return }
        let reading = JudgingRule(
            name: policy.objective, indicator: policy.indicator, subject: .service,
            trip: .below(bound: .zero, failAfter: 1), during: [step])
        let isCandidateRequired = run.driver?.state.isCandidateServing ?? false
        Task {
            let measurement = await scraper.measure(
                RuleQuestion(
                    rule: reading, indicator: plan.indicators[policy.indicator], metrics: metrics, from: from,
                    isCandidateRequired: isCandidateRequired, service: plan.service,
                    folder: plan.workingDirectory(files: parts.files.folder(of: run.run))))
            measured(run, .costMeasured(step: step, measurement))
        }
    }

    private static let noMetrics = "the pipeline names no `metrics:` to read"

    func measured(_ run: LiveRun, _ input: Input) {
        guard live[run.run] === run else { return }
        feed(run, [input])
    }

    /// A live run's endpoints are scraped from its submission on, and its service's after it, while the engine is up.
    func watchMetrics(of run: LiveRun, _ plan: Plan) {
        watchAlerts(of: plan, in: run.run)
        guard let watch = MetricWatch(plan) else { return }
        let scraper = scraper
        let name = "run \(run.run)"
        let service = "service \(run.lock.service) in \(run.lock.environment)"
        Task {
            await scraper.watch(watch, as: name)
            await scraper.watch(watch, as: service)
            // It may have ended before the scraper knew of it.
            if live[run.run] !== run { await scraper.forget(name) }
        }
    }

    func forgetMetrics(of run: LiveRun) {
        let scraper = scraper
        let name = "run \(run.run)"
        Task { await scraper.forget(name) }
    }

    /// The window a phase waits for, as an input. A calendar that answers with a past one is asked again in a minute.
    func opening(of phase: Int, of run: LiveRun) -> Input? {
        guard let plan = run.plan, plan.phases.indices.contains(phase), let window = plan.phases[phase].window else {
            return nil
        }
        let (opens, closes) = parts.findWindow(window, now)
        if closes > now { return .windowFound(phase: phase, opens: opens, closes: closes) }
        logger.error(
            "no opening of the window of phase \(plan.phases[phase].name) was found", metadata: ["run": "\(run.run)"])
        let clock = parts.clock
        Task {
            do { try await clock.sleep(until: clock.now.advanced(by: .seconds(60))) } catch { return }
            if let input = opening(of: phase, of: run) { measured(run, input) }
        }
        return nil
    }
}

extension RunState {
    /// Whether a canary has been started and neither ended well nor been undone: then the candidate serves, and its
    /// silence is no good sign.
    var isCandidateServing: Bool {
        plan.steps.indices.contains { index in
            guard case .canary = plan.steps[index].kind, steps[index].startedSequence != nil else { return false }
            switch steps[index].status {
            case .succeeded, .skipped, .bypassed: return false
            case .pending, .waiting, .starting, .running, .failed, .unknown, .cancelled: break
            }
            switch steps[index].undo {
            case .rolledBack, .skipped: return false
            case .notAsked, .rollingBack, .unknown, .kept, .failed: return true
            }
        }
    }
}
