// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs inside a server that is tested: takes all of its heap once a file appears. Uses nothing but the
/// JDK, for it is put into a jar of its own.
public final class HeapHog {
    private HeapHog() {}

    /// @param trigger the file to wait for
    public static void premain(String trigger) {
        Thread.ofPlatform().daemon().name("heap-hog").start(() -> eat(Path.of(trigger)));
    }

    private static void eat(Path trigger) {
        try {
            while (!Files.exists(trigger)) {
                Thread.sleep(20);
            }
            List<byte[]> eaten = new ArrayList<>();
            while (eaten.size() < Integer.MAX_VALUE) {
                eaten.add(new byte[1 << 20]);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
