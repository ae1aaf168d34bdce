import ArgumentParser

/// The versions of the shop that can be released. They share this source; the version decides what a request does.
enum ShopVersion: String, CaseIterable, Codable, Sendable, ExpressibleByArgument {
    /// What runs before the demo starts. Knows nothing of gift messages.
    case v1_0_0 = "v1.0.0"
    /// Good. Keeps gift messages where the schema has a place for them.
    case v1_1_0 = "v1.1.0"
    /// Bad: fails 5 % of `POST /checkout` and slows four in ten of them.
    case v1_2_0bad = "v1.2.0-bad"

    /// Whether this version knows the column that migration 002 adds.
    var keepsGiftMessages: Bool {
        switch self {
        case .v1_0_0: false
        case .v1_1_0, .v1_2_0bad: true
        }
    }

    /// Share of checkouts that this version breaks by itself, in [0, 1].
    var brokenShare: Double {
        switch self {
        case .v1_0_0, .v1_1_0: 0
        case .v1_2_0bad: 0.05
        }
    }

    /// Share of checkouts that this version delays by ``CheckoutFate/delayMilliseconds``, in [0, 1].
    var slowShare: Double {
        switch self {
        case .v1_0_0, .v1_1_0: 0
        case .v1_2_0bad: 0.4
        }
    }
}
