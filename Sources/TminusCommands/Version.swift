/// The version of this build; the journal and the engine's lock name it.
package enum Version {
    package static let current = "0.1.0"
}
