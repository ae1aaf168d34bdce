import Hummingbird

extension HTTPFields.Element.Name {
    /// Which version answered.
    static var shopVersion: Self {
        guard let name = Self(headerName) else { preconditionFailure("not a header name: \(headerName)") }
        return name
    }

    private static var headerName: String { "x-shop-version" }
}
