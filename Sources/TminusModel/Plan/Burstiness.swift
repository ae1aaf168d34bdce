/// How much a baseline's own bad rate varied from interval to interval before a release, as a plan carries it.
package struct Burstiness: Equatable, Sendable {
    /// The relative variance of the rate (its squared coefficient of variation) in thousandths; ≥ 0.
    package var thousandths: Int64
    /// From the first to the last interval it was estimated from; > 0.
    package var history: Duration

    package init(thousandths: Int64, history: Duration) {
        self.thousandths = thousandths
        self.history = history
    }
}
