import TminusModel

/// A plan that says something in every field, with every step kind; the golden files are made from it.
enum ExamplePlan {
    static let plan: Plan = {
        var plan = Plan(
            pipeline: "checkout", service: "checkout", environment: "production", change: .major, release: .minor,
            folder: "/srv/release/checkout", phases: phases, steps: day1 + day0)
        plan.inputs = [
            PlanInput(
                name: "version", kind: .tag, value: "v1.2.0",
                pin: TagPin(object: String(repeating: "a", count: 40), commit: String(repeating: "b", count: 40))),
            PlanInput(name: "seats", kind: .integer, value: "40"),
        ]
        plan.contacts = [Contact(role: "release manager", name: "Payments on-call", reach: "slack:#payments")]
        plan.indicators = [
            Indicator(
                name: "availability",
                good: CounterSelector(metric: "requests", labels: [Variable(name: "code", value: "ok")]),
                total: CounterSelector(metric: "requests"))
        ]
        plan.metrics = MetricEndpoints(
            baseline: "http://127.0.0.1:8101/metrics", candidate: "http://127.0.0.1:8102/metrics", every: .seconds(5))
        plan.budget = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 999, denominator: 1000),
            window: .seconds(30 * 86_400), burning: [.fast])
        plan.rules = [
            JudgingRule(
                name: "errors", indicator: 0, subject: .candidate,
                trip: .ratioAbove(
                    bound: Ratio(numerator: 15, denominator: 10), harmlessBelow: Ratio(numerator: 2, denominator: 1)),
                during: [5, 6], after: .seconds(1200)),
            JudgingRule(
                name: "slow", indicator: 0, subject: .service,
                trip: .below(bound: Ratio(numerator: 95, denominator: 100), failAfter: 3), during: [5]),
        ]
        plan.deadline = .seconds(10_800)
        plan.attemptsAtOnceMax = 4
        plan.onPage = Command(argv: ["./page", "--loud"])
        plan.files = [
            PinnedFile(
                path: "scripts/weight", digest: String(repeating: "c", count: 64), size: 120, isExecutable: true),
            PinnedFile(
                path: "migrations/001_a.sql", digest: String(repeating: "d", count: 64), size: 9, isExecutable: false),
        ]
        return plan
    }()

    private static let phases = [
        Phase(name: "T-1"),
        Phase(name: "T-0", window: Window(fromMinute: 120, untilMinute: 240, zone: "Asia/Tokyo")),
    ]

    private static let day1: [Step] = {
        var backup = BackupCheck(tool: .restic(repository: "/srv/backups", path: "/srv/shop"))
        backup.recoveryPoint = .seconds(6 * 3600)
        backup.recoveryTime = .seconds(4 * 3600)
        backup.copies = 3
        backup.restoreTestAge = .seconds(86_400)
        backup.validFor = .seconds(12 * 3600)
        var backupCheck = Step(name: "backup-check", phase: 0, kind: .backup(backup), hasEffect: false)
        backupCheck.secrets = [
            SecretReference(name: "RESTIC_PASSWORD", source: .file("/etc/restic")),
            SecretReference(name: "TOKEN", source: .environment("SHOP_TOKEN")),
        ]
        var artifacts = Step(
            name: "artifacts", phase: 0, kind: .run(Command(argv: ["/bin/sh", "-c", "make x"], isShell: true)),
            hasEffect: false)
        artifacts.environment = [Variable(name: "MODE", value: "fast"), Variable(name: "MODE", value: "slow")]
        artifacts.isIdempotent = true
        artifacts.timeouts = Timeouts(attempt: .seconds(60), total: .seconds(600), grace: .seconds(3))
        artifacts.retry = RetryPolicy(
            attempts: 3, initialInterval: .seconds(2), backoffPerMille: 1500, maximumInterval: .seconds(30),
            retryOn: [75, -1])
        artifacts.onFailure = .hold
        let go = Step(
            name: "go", phase: 0, needs: [0, 1],
            kind: .approve(ApprovalRule(from: ["ada", "group:leads"], count: 2, expires: .seconds(43_200))),
            hasEffect: false)
        return [backupCheck, artifacts, go]
    }()

    private static let day0: [Step] = {
        let close = Step(
            name: "maintenance", phase: 1,
            kind: .maintenance(
                MaintenanceBracket(
                    enter: Command(argv: ["./maintenance", "closed"]), leave: Command(argv: ["./maintenance", "open"]),
                    until: 6)),
            hasEffect: true)
        var migrate = Step(
            name: "migrate", phase: 1, needs: [3],
            kind: .migrate(Migration(tool: .sqlite(directory: "migrations", database: "shop.db"), kind: .expand)),
            hasEffect: true)
        migrate.rollback = .noneNeeded(reason: "expand: the old code works on the new schema")
        migrate.isPivot = true
        var canary = Step(
            name: "canary", phase: 1, needs: [4],
            kind: .canary(Canary(weights: [1, 5, 25], every: .seconds(300), shift: Command(argv: ["./weight"]))),
            hasEffect: true)
        canary.rollback = .command(
            Command(argv: ["./weight", "0"]), retry: RetryPolicy(attempts: 5),
            timeouts: Timeouts(attempt: nil, total: nil), isIdempotent: true)
        canary.resolve = Command(argv: ["./weight", "--show"])
        canary.budget = StepBudget(
            isSkipped: true, warnBelow: Ratio(numerator: 1, denominator: 10), stopBelow: .zero, reason: "it repairs")
        var smokeCheck = SmokeCheck(urls: ["https://shop.example/health"])
        smokeCheck.headers = [Variable(name: "Accept", value: "application/json")]
        smokeCheck.expect.statuses = [200, 204]
        smokeCheck.expect.within = .milliseconds(500)
        smokeCheck.expect.headers = [Variable(name: "X-Version", value: "2")]
        smokeCheck.expect.json = [Variable(name: "checks.database.ok", value: "true")]
        smokeCheck.expect.bodyContains = "ok"
        smokeCheck.times = 5
        smokeCheck.every = .seconds(2)
        let smoke = Step(name: "smoke", phase: 1, needs: [5], kind: .smoke(smokeCheck), hasEffect: false)
        let open = Step(
            name: "maintenance-end", phase: 1, needs: [6], kind: .maintenanceEnd(opened: 3), hasEffect: true)
        var call = HTTPCall(method: "POST", url: "https://deploy.example/promote")
        call.headers = [Variable(name: "Content-Type", value: "text/plain")]
        call.body = "weight=100\n"
        call.within = .seconds(30)
        let promote = Step(name: "promote", phase: 1, needs: [7], kind: .http(call), hasEffect: true)
        let soak = Step(name: "soak", phase: 1, needs: [8], kind: .wait(.seconds(30)), hasEffect: false)
        return [close, migrate, canary, smoke, open, promote, soak]
    }()
}
