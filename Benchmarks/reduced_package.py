"""A part of the project as a package of its own, so that it is built another way than the rest."""

import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[1]


def make(directory, reduction):
    """Makes or renews the package: links to the sources, and the project's manifest reduced.

    What was built there stays.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("Sources", "Tests"):
        link = directory / name
        if not link.is_symlink():
            link.symlink_to(ROOT / name, target_is_directory=True)
    manifest = (ROOT / "Package.swift").read_text() + reduction
    place = directory / "Package.swift"
    if not place.exists() or place.read_text() != manifest:
        place.write_text(manifest)
    resolved = ROOT / "Package.resolved"
    if resolved.exists():
        shutil.copyfile(resolved, directory / "Package.resolved")


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
