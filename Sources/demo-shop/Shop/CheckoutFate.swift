/// What happens to one checkout besides its own validity, drawn from the seed and the checkout's number.
///
/// Every version loses a few checkouts to the card processor. Without that the baseline would have no errors at all,
/// and judging a candidate against it would be too easy to mean anything.
struct CheckoutFate: Equatable, Sendable {
    enum End: Equatable, Sendable {
        case served
        /// The card processor behind the shop failed; answered with 502.
        case declinedUpstream
        /// This version's own defect; answered with 500.
        case broken
    }

    /// Share of checkouts the card processor fails in every version, in [0, 1].
    static let declinedShare = 0.005
    static let delayMilliseconds = 350

    let end: End
    let isSlow: Bool

    /// The fate of the checkout at position `number` since this process started, from 0.
    static func drawn(_ draws: SeededDraws, number: UInt64, version: ShopVersion) -> CheckoutFate {
        let end: End =
            if draws.fraction(at: number, for: 1) < version.brokenShare {
                .broken
            } else if draws.fraction(at: number, for: 2) < declinedShare {
                .declinedUpstream
            } else {
                .served
            }
        return CheckoutFate(end: end, isSlow: draws.fraction(at: number, for: 3) < version.slowShare)
    }
}
