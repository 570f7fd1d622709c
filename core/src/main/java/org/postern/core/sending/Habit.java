// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

/// What one account is used to send: the mean of the recipients in those hours in which it sent at all, older hours
/// counting less. Guarded by itself, for no longer than some arithmetic.
final class Habit {
    private final double decayPerHour;
    private long hour;
    private int count;
    private double sum;
    private double weight;
    private long heldUntil;
    private boolean held;

    /// @param decayPerHour what an hour's weight is multiplied with after one more hour
    Habit(long hour, double decayPerHour) {
        this.hour = hour;
        this.decayPerHour = decayPerHour;
    }

    /// What one mail came to.
    ///
    /// @param count recipients in this hour, with this mail
    /// @param usual recipients in a usual hour; 0 where nothing is known
    /// @param most how many are still usual
    /// @param began whether it is this mail with which the account jumped
    record State(int count, double usual, double most, boolean held, boolean began) {}

    /// @param nowHour hours since some fixed time
    /// @param now the same clock in nanoseconds
    /// @param learning whether nothing is held yet
    synchronized State sent(int recipients, long nowHour, long now, boolean learning, HabitConfig config) {
        if (nowHour > hour) {
            passHours(nowHour, config);
        }
        count = Math.addExact(Math.min(count, Integer.MAX_VALUE - recipients), recipients);
        double usual = usual();
        double most = most(config);
        boolean heldBefore = held && now - heldUntil < 0;
        boolean jump = !learning && count > most;
        if (jump && !heldBefore) {
            heldUntil = now + config.holdFor().toNanos();
        }
        held = heldBefore || jump;
        return new State(count, usual, most, held, jump && !heldBefore);
    }

    private void passHours(long nowHour, HabitConfig config) {
        if (count > 0) {
            // A jump teaches no more than what was still usual, or the next one would be.
            sum += held ? Math.min(count, most(config)) : count;
            weight += 1;
            count = 0;
        }
        double decay = Math.pow(decayPerHour, (double) (nowHour - hour));
        sum *= decay;
        weight *= decay;
        hour = nowHour;
    }

    private double usual() {
        return weight > 0 ? sum / weight : 0;
    }

    private double most(HabitConfig config) {
        return Math.max(config.floor(), config.factor() * usual());
    }

    synchronized boolean isHeld(long now) {
        return held && now - heldUntil < 0;
    }

    /// What it sends now is usual from now on; returns whether it was held.
    synchronized boolean release(long now) {
        boolean was = isHeld(now);
        held = false;
        sum = Math.max(usual(), count);
        weight = 1;
        return was;
    }
}
