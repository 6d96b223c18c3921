"""A part of the project as a package of its own, so that it is built another way than the rest."""


def keeping(target):
    """What is added to the project's manifest to leave of it one target and what that needs."""
    return KEEPING.replace("TARGET", target)


KEEPING = """
@MainActor func need(_ name: String, _ needed: inout Set<String>) {
    guard needed.insert(name).inserted,
        let target = package.targets.first(where: { $0.name == name })
    else { return }
    for dependency in target.dependencies {
        switch dependency {
        case .targetItem(let name, _), .byNameItem(let name, _): need(name, &needed)
        default: break
        }
    }
}
var needed: Set<String> = []
need("TARGET", &needed)
package.targets = package.targets.filter { needed.contains($0.name) }
package.products = []
"""
