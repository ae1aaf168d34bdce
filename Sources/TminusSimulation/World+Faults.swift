import TminusCore
import TminusModel

/// Accidents of whole machines: engines killed, the machine started anew, its clock set, a second engine by mistake.
extension World {
    mutating func injectFault() {
        if isCalm {
            // One engine is enough for the rest.
            if isEngineAlive[0], isEngineAlive[1] { crash(1) }
            return
        }
        agenda.put(.fault, at: time + random.between(500, 60_000))
        if knobs.isFaultless { return }
        if knobs.engineCrash > 0, strikes(200, .engineCrashed) { crash(0) }
        if strikes(knobs.reboot, .reboot) { reboot() }
        if strikes(knobs.secondEngine, .secondEngine) { startEngine(isEngineAlive[0] ? 1 : 0) }
        if random.chance(knobs.clockJump) { jump() }
    }

    private mutating func reboot() {
        note("the machine is started anew")
        crash(0)
        crash(1)
        for index in records.indices where records[index].state == .running { killShim(index, .rebooted) }
    }

    private mutating func jump() {
        let isForward = random.chance(500)
        report.faults[isForward ? .clockForward : .clockBack] += 1
        let offset = random.between(1, random.chance(200) ? 7_200_000 : 60_000)
        clockOffset += isForward ? offset : -offset
        note("the clock is set \(isForward ? "forward" : "back") by \(offset)")
    }
}
