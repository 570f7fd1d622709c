// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintStream;

/// A bar on a terminal that says how far something is; silent elsewhere. Used by many threads.
final class Progress {
    private static final int WIDTH = 40;

    private final PrintStream out;
    private final boolean shown;
    private final int all;
    private int done;

    Progress(PrintStream out, boolean shown, int all) {
        this.out = out;
        this.shown = shown;
        this.all = all;
    }

    synchronized void step() {
        done++;
        if (shown) {
            int filled = (int) ((long) WIDTH * done / Math.max(1, all));
            out.print("\r[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + done + " of " + all);
            if (done == all) {
                out.println();
            }
            out.flush();
        }
    }
}
