// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class GroupSyncTest {
    @Test
    void groupSync_whenASyncFails_failsAllWhoWaitAndNeverTriesAgain() throws IOException {
        int[] calls = new int[1];
        GroupSync sync = new GroupSync(() -> {
            calls[0]++;
            if (calls[0] == 2) {
                throw new IOException("EIO");
            }
        });
        sync.await();
        assertThatThrownBy(sync::await).hasMessage("a sync failed: EIO");
        assertThatThrownBy(sync::await).hasMessageContaining("a sync failed: EIO");
        assertThat(calls[0]).isEqualTo(2);
    }
}
