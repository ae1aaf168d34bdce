import TminusCommands

@main
enum Entrypoint {
    static func main() async {
        await TminusCommand.start(CommandLine.arguments)
    }
}
