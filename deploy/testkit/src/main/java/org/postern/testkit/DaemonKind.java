// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

/// A daemon the kit knows: what it is called, and where it comes from.
///
/// @param name what people call it: `clamd`
/// @param image the folder with its Dockerfile: a name below `deploy/images`, or an absolute path
/// @param binary the program that must be on the PATH
/// @param debianPackage what to install where the program is missing
/// @param needsRoot whether it must start as root (it runs as the test's user otherwise)
record DaemonKind(String name, String image, String binary, String debianPackage, boolean needsRoot) {
    DaemonKind(String name, String image, String binary, String debianPackage) {
        this(name, image, binary, debianPackage, false);
    }
}
