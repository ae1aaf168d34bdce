import TminusModel

/// The upper bounds (`le`) of a histogram's buckets: numbers, however they are spelled.
struct BucketBounds {
    /// Bounds kept; more than any histogram for people has.
    static let boundsMax = 64

    private var bounds: [Double: String] = [:]

    mutating func add(_ text: String) {
        guard bounds.count < Self.boundsMax, let bound = Self.number(text), bounds[bound] == nil else { return }
        bounds[bound] = text
    }

    /// As first spelled, smallest first.
    var rising: [String] { bounds.sorted { $0.key < $1.key }.map(\.value) }

    /// Whether `value` is another spelling of the bound that a bucket's selector asks for: `0.30` and `3e-1` are `0.3`.
    static func isSame(_ value: String, _ wanted: Variable, of selector: CounterSelector) -> Bool {
        guard wanted.name == "le", selector.metric.hasSuffix("_bucket") else { return false }
        guard let one = number(value), let other = number(wanted.value) else { return false }
        return one == other
    }

    /// The bound of a sample that matches the selector of a bucket in everything but its bound.
    static func other(_ sample: PrometheusSample, than selector: CounterSelector) -> String? {
        guard selector.metric.hasSuffix("_bucket"), selector.labels.contains(where: { $0.name == "le" }) else {
            return nil
        }
        let isLike = selector.labels.allSatisfy { wanted in
            wanted.name == "le" || (sample.labels.first { $0.name == wanted.name }?.value ?? "") == wanted.value
        }
        return isLike ? sample.labels.first { $0.name == "le" }?.value : nil
    }

    /// A decimal number or `+Inf`; nil for anything else.
    static func number(_ text: String) -> Double? {
        let word = text.lowercased()
        if ["+inf", "inf", "+infinity", "infinity"].contains(word) { return .infinity }
        guard !word.isEmpty, word.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }) else {
            return nil
        }
        guard let number = Double(word), number.isFinite else { return nil }
        return number
    }
}
