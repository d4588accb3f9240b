<?php

// What `composer install` makes of composer.json; where it did not run, Debian's php-guzzlehttp-guzzle.
if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require __DIR__ . '/vendor/autoload.php';
} else {
    require 'GuzzleHttp/autoload.php';
    spl_autoload_register(function (string $class): void {
        if (str_starts_with($class, 'Aim\\')) {
            require __DIR__ . '/aim/lib/' . strtr(substr($class, strlen('Aim\\')), '\\', '/') . '.php';
        }
    });
}
