/// Filters that somebody else wrote, from jars in a folder.
///
/// Security: a plugin is code that runs with all rights of the process. Who may write to the folder may do everything
/// Postern may; nothing is ever loaded from anywhere else, and nothing is unpacked.
///
/// Standards: none.
@NullMarked
package org.postern.scanworkers.plugins;

import org.jspecify.annotations.NullMarked;
