internal import TminusModel

/// What one run at a time may change.
struct LockName: Hashable {
    var service: String
    var environment: String

    init(service: String, environment: String) {
        self.service = service
        self.environment = environment
    }

    init(_ plan: Plan) {
        self.init(service: plan.service, environment: plan.environment)
    }

    init(_ summary: RunSummary) {
        self.init(service: summary.service, environment: summary.environment)
    }
}
