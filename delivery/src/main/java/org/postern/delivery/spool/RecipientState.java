// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

/// Where the delivery to one recipient stands.
public enum RecipientState {
    PENDING,
    DONE,
    FAILED
}
