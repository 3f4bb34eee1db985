from overview.cli import main

main()
