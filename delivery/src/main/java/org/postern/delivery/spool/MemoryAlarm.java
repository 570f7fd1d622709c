// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says once when the memory of handoffs fills, when ids are forgotten before their time, and when no mail is taken in
/// because of it; and again after it emptied in between. Many threads use it.
final class MemoryAlarm {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryAlarm.class);
    private static final String REMEDY = "raise spool.remember-max (about 90 octets of memory each), or lower"
            + " remember-ids or remember-unproven";

    private volatile Level said = Level.ROOM;
    /// When there was room last.
    private volatile long forgottenBefore;

    /// In the order of their weight.
    enum Level {
        ROOM,
        FILLING,
        FORGETTING,
        FULL
    }

    void look(SpoolStore.Remembered memory) {
        Level level = level(memory);
        if (level == Level.ROOM ? said != level : level.compareTo(said) > 0) {
            say(level, memory);
        }
    }

    Level said() {
        return said;
    }

    /// From eight tenths of what there is room for, until it is seven again.
    private Level level(SpoolStore.Remembered memory) {
        double used = (double) memory.count() / memory.most();
        if (used >= 1) {
            return Level.FULL;
        }
        if (used < 0.7) {
            return Level.ROOM;
        }
        if (memory.forgotten() > forgottenBefore) {
            return Level.FORGETTING;
        }
        return used < 0.8 ? said : Level.FILLING;
    }

    private synchronized void say(Level level, SpoolStore.Remembered memory) {
        if (level == said) {
            return;
        }
        said = level;
        switch (level) {
            case ROOM -> {
                forgottenBefore = memory.forgotten();
                LOG.info("the memory of handoffs has room again");
            }
            case FILLING ->
                LOG.warn("the memory of handoffs is filling: {} of {}; {}", memory.count(), memory.most(), REMEDY);
            case FORGETTING ->
                LOG.warn(
                        "finished handoffs are forgotten before remember-ids, {} so far; {}",
                        memory.forgotten(),
                        REMEDY);
            case FULL ->
                LOG.error(
                        "no mail is taken in: the memory of handoffs is full, with {} unproven mails and handoffs that"
                                + " were finished in the last minutes; {}",
                        memory.count(),
                        REMEDY);
        }
    }
}
